/**
 * Restores every member from one snapshot, as a new cluster. Until the part `stop`, nothing of the running
 * cluster is touched; after it, every host keeps the old data beside the new.
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

/** Recorded before each part starts: after a crash, etcd:status reports that a restore is unfinished. */
export type RestorePart = "stage" | "stop" | "swap" | "start" | "verify" | "api" | "done";

const REPEAT = "repeat the command to continue";
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
  say(`making a new member from the snapshot on ${names}`);
  onPart("stage");
  try {
    await Promise.all(plan.members.map((member) => stage(action, plan, member)));
    throwIfStopped(stop, "nothing was changed", REPEAT);
  } catch (error) {
    await unstage(action, plan);
    throw error;
  }
  say(`a new member is ready on ${names}`);
  onPart("stop");
  const started = Date.now();
  await stopAll(action, plan);
  onPart("swap");
  for (const member of plan.members) await swap(action, plan, member);
  onPart("start");
  await Promise.all(plan.members.map(({ host }) => start(action, host)));
  const members = await untilHealthy(action, plan);
  say(`etcd is available again after ${duration((Date.now() - started) / 1000)}`);
  onPart("verify");
  await verify(action, plan, members);
  onPart("api");
  await startApi(action);
  onPart("done");
}

const stageFolder = ({ id }: RestorePlan): string => `kube-magic-restore-${id}`;

/** Name, below the data directory, of the old data. */
export const keptFolder = ({ id }: RestorePlan): string => `before-restore-${id}`;

async function stage(
  action: EtcdAction,
  plan: RestorePlan,
  { host, settings, tool }: RestoreMember,
): Promise<void> {
  const { model, env, stop } = action;
  const { snapshot } = plan;
  const remedy = "nothing was changed; repeat the command to retry";
  // Files of an interrupted restore: they would never be used.
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
    throw new PhaseError(`${host.name}: the copy of the snapshot is damaged`, { remedy });
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
    `${host.name}: the snapshot reads as hash ${hash} with ${found?.totalKey} revisions, its manifest says ${manifest.hash} and ${manifest.totalKeys}`,
    { remedy: "use an older snapshot; nothing was changed" },
  );
}

/** Failures are ignored: the next restore removes leftovers, too. */
async function unstage(action: EtcdAction, { members }: RestorePlan): Promise<void> {
  const unstoppable = { ...action, stop: { requested: false, now: new AbortController().signal } };
  await Promise.all(
    members.map(({ host }) =>
      runOnMember(unstoppable, host, scripts.UNSTAGE, { seconds: 30 }).catch(() => undefined),
    ),
  );
}

/** The API servers first, so that no client writes; then the members, the leader last. */
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
        remedy: `on ${host.name}: crictl ps --name kube-apiserver, systemctl status kubelet; ${REPEAT}`,
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
    requireDone(result, host, "stop", "stopping etcd", REPEAT);
  }
  say(`etcd stopped on ${inOrder.map(({ host }) => host.name).join(", then ")}`);
}

/** A script on a control plane, which need not have etcd. */
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
  requireDone(result, host, "place", "putting the new data in place", REPEAT);
  action.say(
    result.did("keep")
      ? `${host.name}: old data kept as ${settings.dataDir}/${keptFolder(plan)}`
      : `${host.name}: had no old data`,
  );
}

async function start(action: EtcdAction, host: Host): Promise<void> {
  const result = await runOnMember(action, host, scripts.START_MEMBER, { seconds: 60 });
  requireDone(result, host, "start", "starting etcd", REPEAT);
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
      throw new PhaseError("the restored members do not become healthy", {
        output: reasons.join("\n"),
        remedy: `journalctl -u etcd -n 50 on them; ${REPEAT}. The old data is kept on every host`,
      });
    }
    await sleep(500);
  }
}

/** Every member has as many keys as the snapshot, and its canary; a write through one member is read from all of them. */
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
      requireDone(result, host, "count", "counting keys", REPEAT);
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
    throw new PhaseError("the restored members do not have the contents of the snapshot", {
      output: wrong
        .map(
          ({ host, keys, canary }) =>
            `  ${host.name}: ${keys} keys instead of ${expected}, canary "${canary}"`,
        )
        .join("\n"),
      remedy:
        "the API servers stay stopped, and the old data is kept on every host. Restore another snapshot, or repeat the command",
    });
  await writeThrough(action, members);
  const known = manifest?.liveKeys === undefined ? "the same on all members" : "as many as in the snapshot";
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
  requireDone(put, first.host, "put", "writing the canary", REPEAT);
  for (const { host } of members) {
    const got = await runOnMember(action, host, `section get ask get "$CANARY_KEY" --print-value-only`, {
      variables,
      seconds: 60,
    });
    if (got.text("get") !== value)
      throw new PhaseError(
        `${host.name} does not return a value that was written through ${first.host.name}`,
        {
          remedy: REPEAT,
        },
      );
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
