/** npm run demo -- --post: a cluster's surroundings on real hosts; something breaks, is seen, and is well again. */
import { copyFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { PhaseError } from "../core/errors.ts";
import { type ClusterModel, hostsWith } from "../core/model.ts";
import type { Session } from "../core/session.ts";
import { loadInventory, requireModel } from "../inventory/load.ts";
import { labPlaces } from "../lab/places.ts";
import { ssh } from "../lab/ssh.ts";
import { readTopology } from "../lab/topology.ts";
import { askNagios } from "../monitoring/ask.ts";
import { isUrgent, type MonitoringEntry } from "../monitoring/state.ts";
import { playFixture } from "./fixture.ts";
import type { Script } from "./script.ts";
import { standIn } from "./stand-in.ts";

/** How long Nagios may take to see what happened, ms. */
const PATIENCE_MS = 300_000;
const POLL_MS = 1_000;
const KEYS = 100;

/** @returns the lab's name. @throws PhaseError when Nagios does not see what happens. */
export async function showPost(context: Session, script: Script): Promise<string> {
  const { paths, out } = context;
  const topology = join(paths.root, "lab", "post.yml");
  const { name } = readTopology(topology);
  await script.step("Real hosts", "lab:up", "--topology", topology);
  const local = join(paths.inventories, name, "local");
  mkdirSync(local, { recursive: true });
  copyFileSync(join(paths.root, "lab", "post-settings.yml"), join(local, "demo.yml"));
  await script.step("HAProxy and keepalived in front of the API", "deploy", "prep-hosts", "-c", name);

  script.heading("A real etcd on three hosts; stand-ins for kube-apiserver, a time and a mail server");
  const inventory = await loadInventory({ inventoriesDir: paths.inventories, cluster: name, sets: [] });
  const model = requireModel(inventory);
  await standIn(context, name, "present");
  for (const fixture of ["etcd", "monitoring"]) await playFixture(context, { cluster: name, model }, fixture);
  const places = labPlaces(name, context.env);
  const victim = hostsWith(model, "etcd").at(-1)?.name ?? "";
  // Something that a restore has to bring back.
  await onHost(
    places,
    victim,
    `set -a; . /etc/etcd.env; for key in $(seq ${KEYS}); do etcdctl put /demo/$key $key; done >/dev/null`,
  );
  out(`etcd with ${KEYS} keys, time and mail are there\n`);

  await script.step("Backups, Nagios and NRPE", "deploy", "post", "-c", name);
  await script.step("A backup of every host, now", "backup:run", "-c", name);
  await script.step(
    "The restore drill: back to a scratch place, etcd started from it",
    "backup:drill",
    "-c",
    name,
  );
  script.heading("Everything is watched, and well", "npm run monitoring:status");
  await nagiosSees(context, model, (entries) => entries.every(({ state }) => state === "OK"));
  await script.run("monitoring:status", "-c", name);

  script.heading(`etcd on ${victim} is stopped`, "npm run monitoring:status");
  await onHost(places, victim, "systemctl stop etcd");
  await nagiosSees(context, model, (entries) => entries.some((one) => one.hard && isUrgent(one)));
  await script.run("monitoring:status", "-c", name);
  await script.run("etcd:status", "-c", name);
  script.heading("and started again", "npm run monitoring:status");
  await onHost(places, victim, "systemctl start etcd");
  await nagiosSees(context, model, (entries) => entries.every(({ state }) => state === "OK"));
  await script.run("monitoring:status", "-c", name);

  await script.step("What there is to go back to", "backup:list", "-c", name);
  return name;
}

async function onHost(places: ReturnType<typeof labPlaces>, host: string, line: string): Promise<void> {
  const { code, stderr } = await ssh(places, host, ["sh", "-c", line]);
  if (code !== 0)
    throw new PhaseError(`${host}: ${line}: ${stderr.trim()}`, { remedy: "npm run lab:status" });
}

/** Waits until what Nagios knows is as expected. */
async function nagiosSees(
  context: Session,
  model: ClusterModel,
  expected: (entries: readonly MonitoringEntry[]) => boolean,
): Promise<void> {
  const started = Date.now();
  while (Date.now() - started < PATIENCE_MS) {
    const answer = await askNagios(model, context.env, { all: true });
    if (answer.kind === "state" && expected(answer.state.entries)) {
      context.out(`Nagios knows after ${Math.round((Date.now() - started) / 1000)} s\n`);
      return;
    }
    await sleep(POLL_MS);
  }
  throw new PhaseError(`Nagios does not see it within ${PATIENCE_MS / 1000} s`, {
    remedy: `npm run monitoring:status -- -c ${model.name} --all`,
  });
}
