/**
 * Restores every member from one snapshot, as a new cluster. Until `stop` nothing of the running cluster is touched;
 * after it the old data lies beside the new on every host.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { PhaseError } from "../core/errors.ts";
import { type Host, hostsWith } from "../core/model.ts";
import { throwIfStopped } from "../core/stop.ts";
import { copyToHost } from "../hosts/copy.ts";
import { duration } from "../report/text.ts";
import { type EtcdAction, requireDone, runOnMember, type ScriptResult } from "./action.ts";
import { askMembers } from "./ask.ts";
import { type AnsweringMember, answeringMembers } from "./member.ts";
import type { RestoreMember, RestorePlan } from "./restore-plan.ts";
import * as scripts from "./restore-scripts.ts";
import { jsonIn } from "./snapshot.ts";
import { CANARY } from "./snapshot-file.ts";

/** Told before each part begins, so that a restore that ends in the middle is known as such. */
export type RestorePart = "stage" | "stop" | "swap" | "start" | "verify" | "api" | "done";

const AGAIN = "the same command again goes on";
const HEALTH_SECONDS = 120;
/** Longer than the pods' own grace. */
const POD_SECONDS = 180;

export async function restore(
  action: EtcdAction,
  plan: RestorePlan,
  onPart: (part: RestorePart) => void,
): Promise<void> {
  const { say, stop } = action;
  const names = plan.members.map(({ host }) => host.name).join(", ");
  say(`making a new member of the snapshot on ${names}`);
  onPart("stage");
  try {
    await Promise.all(plan.members.map((member) => stage(action, plan, member)));
    throwIfStopped(stop, "nothing was changed", AGAIN);
  } catch (error) {
    await unstage(action, plan);
    throw error;
  }
  say(`a new member lies ready on ${names}`);
  onPart("stop");
  const started = Date.now();
  await stopAll(action, plan);
  onPart("swap");
  for (const member of plan.members) await swap(action, plan, member);
  onPart("start");
  await Promise.all(plan.members.map(({ host }) => start(action, host)));
  const members = await untilHealthy(action, plan);
  say(`etcd serves again after ${duration((Date.now() - started) / 1000)}`);
  onPart("verify");
  await verify(action, plan, members);
  onPart("api");
  await startApi(action);
  onPart("done");
}

const stageFolder = ({ id }: RestorePlan): string => `kube-magic-restore-${id}`;

/** Name, below the data directory, of what was there before. */
export const keptFolder = ({ id }: RestorePlan): string => `before-restore-${id}`;

async function stage(
  action: EtcdAction,
  plan: RestorePlan,
  { host, settings, tool }: RestoreMember,
): Promise<void> {
  const { model, env, stop } = action;
  const { snapshot } = plan;
  const remedy = "nothing was changed; the same command again tries anew";
  // What a restore that was cut off left: it would never be used.
  await runOnMember(action, host, scripts.UNSTAGE, { seconds: 60 });
  const remote = `${settings.dataDir}/${stageFolder(plan)}/snapshot.db`;
  const copy = await copyToHost(model, host, snapshot.path, remote, { env, signal: stop.now });
  if (copy.kind !== "copied")
    throw new PhaseError(`${host.name}: the snapshot could not be copied to it: ${copy.reason}`, { remedy });
  const result = await runOnMember(action, host, scripts.STAGE, {
    variables: {
      STAGE: stageFolder(plan),
      TOOL: tool,
      INITIAL_CLUSTER: plan.initialCluster,
      TOKEN: `kube-magic-${plan.id}`,
      BUMP: plan.bumpRevision === undefined ? "" : String(plan.bumpRevision),
      RAW: plan.raw ? "yes" : "",
    },
  });
  if (result.text("sha256").split(" ")[0] !== snapshot.sha256)
    throw new PhaseError(`${host.name}: the snapshot arrived damaged`, { remedy });
  requireDone(result, host, "status", "reading the snapshot", remedy);
  compareWithManifest(plan, host, result);
  requireDone(result, host, "restore", `restoring beside the old data`, remedy);
}

function compareWithManifest(
  { snapshot: { manifest } }: RestorePlan,
  host: Host,
  result: ScriptResult,
): void {
  if (manifest === undefined) return;
  const found = jsonIn(result.text("status")) as { hash?: number; totalKey?: number } | undefined;
  const hash = found?.hash?.toString(16).padStart(8, "0");
  if (hash === manifest.hash && found?.totalKey === manifest.totalKeys) return;
  throw new PhaseError(
    `${host.name}: the snapshot reads as hash ${hash} with ${found?.totalKey} revisions, it was made with ${manifest.hash} and ${manifest.totalKeys}`,
    { remedy: "take an older snapshot; nothing was changed" },
  );
}

/** Best effort: leftovers are removed by the next restore as well. */
async function unstage(action: EtcdAction, { members }: RestorePlan): Promise<void> {
  const calm = { ...action, stop: { requested: false, now: new AbortController().signal } };
  await Promise.all(
    members.map(({ host }) =>
      runOnMember(calm, host, scripts.UNSTAGE, { seconds: 30 }).catch(() => undefined),
    ),
  );
}

/** API servers first, so that nobody writes; then the members, the leader last. */
async function stopAll(action: EtcdAction, plan: RestorePlan): Promise<void> {
  const { model, env, say } = action;
  const controlPlanes = hostsWith(model, "control-plane");
  const stopped = await Promise.all(
    controlPlanes.map(async (host) => {
      const result = await onControlPlane(action, host, scripts.STOP_API, {
        PORT: String(model.api.backendPort),
      });
      if (result?.text("running") === "" || result === undefined)
        return result?.did("stopped") ? [host.name] : [];
      throw new PhaseError(`${host.name}: its API server does not stop`, {
        output: result.text("running"),
        remedy: `on ${host.name}: crictl ps --name kube-apiserver, systemctl status kubelet; ${AGAIN}`,
      });
    }),
  );
  if (stopped.flat().length > 0) say(`API servers stopped on ${stopped.flat().join(", ")}`);
  const answers = answeringMembers(
    await askMembers(
      model,
      env,
      plan.members.map(({ host }) => host),
    ),
  );
  const leader = answers.find(({ status }) => status.id === status.leader)?.host;
  const inOrder = [...plan.members].sort((a, b) => Number(a.host === leader) - Number(b.host === leader));
  for (const { host } of inOrder) {
    const result = await runOnMember(action, host, scripts.STOP_MEMBER, { seconds: POD_SECONDS });
    requireDone(result, host, "stop", "stopping etcd", AGAIN);
  }
  say(`etcd stopped on ${inOrder.map(({ host }) => host.name).join(", then ")}`);
}

/** A control plane that does not answer runs no etcd of its own that counts: it is left as it is. */
async function onControlPlane(
  action: EtcdAction,
  host: Host,
  script: string,
  variables: Readonly<Record<string, string>> = {},
): Promise<ScriptResult | undefined> {
  return runOnMember(action, host, script, { variables, seconds: POD_SECONDS, needsEtcd: false });
}

async function swap(action: EtcdAction, plan: RestorePlan, { host, settings }: RestoreMember): Promise<void> {
  const result = await runOnMember(action, host, scripts.SWAP, {
    variables: { STAGE: stageFolder(plan), KEEP: keptFolder(plan) },
    seconds: 60,
  });
  requireDone(result, host, "place", "putting the new data in place", AGAIN);
  action.say(
    result.did("keep")
      ? `${host.name}: old data kept as ${settings.dataDir}/${keptFolder(plan)}`
      : `${host.name}: there was no old data`,
  );
}

async function start(action: EtcdAction, host: Host): Promise<void> {
  const result = await runOnMember(action, host, scripts.START_MEMBER, { seconds: 60 });
  requireDone(result, host, "start", "starting etcd", AGAIN);
}

async function untilHealthy(
  action: EtcdAction,
  { members }: RestorePlan,
): Promise<readonly AnsweringMember[]> {
  const hosts = members.map(({ host }) => host);
  const deadline = Date.now() + HEALTH_SECONDS * 1000;
  for (;;) {
    const answers = await askMembers(action.model, action.env, hosts);
    const up = answeringMembers(answers).filter(({ status }) => status.healthy);
    if (up.length === hosts.length) return up;
    if (Date.now() > deadline) {
      const reasons = answers.flatMap((answer) =>
        answer.kind === "silent"
          ? [`  ${answer.host.name}: ${answer.reason}`]
          : answer.status.healthy
            ? []
            : [`  ${answer.host.name}: ${answer.status.complaint ?? "not healthy"}`],
      );
      throw new PhaseError("the restored members do not come up", {
        output: reasons.join("\n"),
        remedy: `journalctl -u etcd -n 50 on them; ${AGAIN}. The old data is kept on each`,
      });
    }
    await sleep(500);
  }
}

/** Every member holds the same keys, as many as the snapshot, with its canary; and takes writes that all of them see. */
async function verify(
  action: EtcdAction,
  { snapshot }: RestorePlan,
  members: readonly AnsweringMember[],
): Promise<void> {
  const { manifest } = snapshot;
  const counts = await Promise.all(
    members.map(async ({ host }) => {
      const result = await runOnMember(action, host, scripts.COUNT, {
        variables: { CANARY_KEY: CANARY },
        seconds: 60,
      });
      requireDone(result, host, "count", "counting keys", AGAIN);
      return {
        host,
        keys: Number(/"Count" : (\d+)/.exec(result.text("count"))?.[1] ?? 0),
        canary: result.text("canary"),
      };
    }),
  );
  const expected = manifest?.liveKeys ?? counts[0]?.keys;
  const wrong = counts.filter(
    ({ keys, canary }) => keys !== expected || (manifest?.canary !== undefined && canary !== manifest.canary),
  );
  if (wrong.length > 0)
    throw new PhaseError("the restored members do not hold what the snapshot held", {
      output: wrong
        .map(
          ({ host, keys, canary }) =>
            `  ${host.name}: ${keys} keys instead of ${expected}, canary "${canary}"`,
        )
        .join("\n"),
      remedy:
        "the API servers were left stopped; the old data is kept on each member. Take another snapshot, or start them: the same command",
    });
  await writeThrough(action, members);
  const known = manifest?.liveKeys === undefined ? "all members the same" : "as many as in the snapshot";
  action.say(`${expected} keys on each member, ${known}; the canary reads back`);
}

async function writeThrough(action: EtcdAction, members: readonly AnsweringMember[]): Promise<void> {
  const [first] = members;
  if (first === undefined) return;
  const value = `restored ${new Date().toISOString()}`;
  const variables = { CANARY_KEY: CANARY, CANARY: value };
  const put = await runOnMember(action, first.host, `section put ask put "$CANARY_KEY" "$CANARY"`, {
    variables,
    seconds: 60,
  });
  requireDone(put, first.host, "put", "writing the canary", AGAIN);
  for (const { host } of members) {
    const got = await runOnMember(action, host, `section get ask get "$CANARY_KEY" --print-value-only`, {
      variables,
      seconds: 60,
    });
    if (got.text("get") !== value)
      throw new PhaseError(`${host.name} does not see what was written through ${first.host.name}`, {
        remedy: AGAIN,
      });
  }
}

async function startApi(action: EtcdAction): Promise<void> {
  const started = await Promise.all(
    hostsWith(action.model, "control-plane").map(async (host) => {
      const result = await onControlPlane(action, host, scripts.START_API);
      return result?.did("started") ? [host.name] : [];
    }),
  );
  if (started.flat().length > 0) action.say(`API servers started on ${started.flat().join(", ")}`);
}
