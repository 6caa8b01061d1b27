/** The proof of the highly available address: its owner dies while a client asks. */
import { setTimeout as sleep } from "node:timers/promises";
import { PhaseError } from "../core/errors.ts";
import type { ApiEndpoint } from "../core/model.ts";
import type { Session } from "../core/session.ts";
import { type LabPlaces, labPlaces } from "../lab/places.ts";
import { killHost, startHost } from "../lab/power.ts";
import { type Probe, startProbe, summarize } from "../lab/probe.ts";
import { ssh } from "../lab/ssh.ts";
import { labStatus } from "../lab/status.ts";

export interface FailoverOptions {
  readonly lab: string;
  readonly api: ApiEndpoint;
  readonly context: Pick<Session, "env" | "out">;
}

/** How long to wait for an answer before the demo has failed, ms. */
const PATIENCE_MS = 30_000;
const STEADY_MS = 3_000;

/** @throws PhaseError when the address does not come back. */
export async function loseTheOwner({ lab, api, context }: FailoverOptions): Promise<void> {
  const { out, env } = context;
  const { vip } = api;
  if (vip === undefined)
    throw new PhaseError("this lab has no virtual address", { remedy: "give its topology api.vip" });
  const places = labPlaces(lab, env);
  const probe = startProbe({ host: vip, port: api.port });
  try {
    await answered(probe, 0, vip);
    await sleep(STEADY_MS);
    const before = await ownerOf(places, vip);
    out(`a client asks https://${vip}:${api.port}/ ten times a second; ${before} holds the address\n`);
    out(`${before}: power cut\n`);
    const cut = Date.now();
    await killHost(places, before);
    await answered(probe, cut + 500, vip);
    await sleep(STEADY_MS);
    const after = await ownerOf(places, vip);
    const { longestGap, requests, answers, backends } = summarize(probe.results);
    out(`the address was gone for ${seconds(longestGap?.ms ?? 0)}; ${after} holds it now\n`);
    out(`${answers} of ${requests} requests were answered, by ${Object.keys(backends).sort().join(", ")}\n`);
    const restarted = Date.now();
    await startHost(places, before);
    await sleep(STEADY_MS);
    const back = summarize(probe.results.filter(({ startedAt }) => startedAt >= restarted));
    const owner = await ownerOf(places, vip);
    out(
      `${before}: power back; ${owner} holds the address, longest gap meanwhile ${seconds(back.longestGap?.ms ?? 0)}\n`,
    );
  } finally {
    await probe.stop();
  }
}

async function answered(probe: Probe, since: number, vip: string): Promise<void> {
  try {
    await probe.answered(since, PATIENCE_MS);
  } catch (cause) {
    const remedy = "npm run lab:ssh -- lb1 'systemctl status keepalived haproxy'";
    throw new PhaseError(`${vip} does not answer`, { remedy, cause });
  }
}

async function ownerOf(places: LabPlaces, vip: string): Promise<string> {
  const hosts = (await labStatus(places)).filter(
    ({ roles, state }) => roles.includes("load-balancer") && state === "running",
  );
  for (const { host } of hosts) {
    const { stdout } = await ssh(places, host, ["ip", "-o", "address", "show", "to", vip]);
    if (stdout.includes(vip)) return host;
  }
  throw new PhaseError(`no load balancer holds ${vip}`, {
    remedy: "npm run lab:ssh -- lb1 'journalctl -u keepalived'",
  });
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
