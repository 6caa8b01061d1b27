/**
 * Repairs an etcd that is full: drops old revisions, makes the file of every member smaller, one member at a time and the
 * leader last, then clears the alarm and tries a write.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { PhaseError } from "../core/errors.ts";
import type { Host } from "../core/model.ts";
import { throwIfStopped } from "../core/stop.ts";
import { duration, size } from "../report/text.ts";
import { type EtcdAction, requireDone, runOnMember } from "./action.ts";
import { askMembers } from "./ask.ts";
import { quotaOf, type Verdict } from "./judge.ts";
import { type AnsweringMember, answeringMembers, leaderOf, type MemberAnswer } from "./member.ts";
import { CANARY } from "./snapshot-file.ts";

export interface Refusal {
  readonly message: string;
  readonly remedy: string;
}

/** Why nothing should be compacted or defragmented now. @param degraded continue although members are down */
export function refuseDefrag(
  answers: readonly MemberAnswer[],
  { findings, quorum }: Verdict,
  degraded: boolean,
): Refusal | undefined {
  const lost = findings.find(({ code }) => code === "quorum-lost");
  if (!quorum && lost !== undefined) return lost;
  const corrupt = findings.find(({ code }) => code === "alarm-corrupt" || code === "two-clusters");
  if (corrupt !== undefined) return corrupt;
  const down = answers.filter(({ kind }) => kind === "silent").map(({ host }) => host.name);
  if (down.length > 0 && !degraded)
    return {
      message: `${down.join(", ")} does not answer. A member that is defragmented serves no requests for some seconds, and no other one could take over`,
      remedy:
        "start it first; or continue with --degraded: the API is unavailable for a few seconds per member",
    };
  return undefined;
}

/** Followers first, in the order of the inventory; the leader last. */
export function defragOrder(members: readonly AnsweringMember[]): readonly AnsweringMember[] {
  const leader = leaderOf(members);
  return [...members.filter((member) => member !== leader), ...(leader === undefined ? [] : [leader])];
}

const HEALTH_SECONDS = 120;
const REPEAT = "npm run etcd:status shows the members; repeat the command to continue";

export async function defragment(action: EtcdAction, answers: readonly MemberAnswer[]): Promise<void> {
  const { stop } = action;
  const members = answeringMembers(answers);
  const [first] = members;
  if (first === undefined) throw new PhaseError("no member of etcd answers", { remedy: REPEAT });
  throwIfStopped(stop, "nothing was compacted or defragmented", REPEAT);
  await compact(action, first, Math.max(...members.map(({ status }) => status.revision)));
  const done = new Set<Host>();
  while (done.size < members.length) {
    throwIfStopped(
      stop,
      `${done.size} of ${members.length} members are defragmented; the alarms are not cleared`,
      REPEAT,
    );
    // The leader may change in the meantime.
    const now = answeringMembers(
      await askMembers(
        action.model,
        action.env,
        members.map(({ host }) => host),
      ),
    );
    const next = defragOrder(now).find(({ host }) => !done.has(host));
    if (next === undefined)
      throw new PhaseError(`${silentMembers(members, now)} stopped answering`, { remedy: REPEAT });
    await defragmentOne(action, next);
    done.add(next.host);
  }
  throwIfStopped(stop, "every member is defragmented; the alarms are not cleared", REPEAT);
  await disarm(action, first.host);
  await tryWrite(action, members);
}

async function compact(action: EtcdAction, { host }: AnsweringMember, revision: number): Promise<void> {
  const result = await runOnMember(action, host, `section compact ask compaction --physical "$REVISION"`, {
    variables: { REVISION: String(revision) },
  });
  // Another client, usually the API server, has compacted already.
  if (!result.did("compact") && /has been compacted/.test(result.reason("compact")))
    return action.say(`revisions before ${revision} had been dropped already`);
  requireDone(result, host, "compact", `compacting to revision ${revision}`, REPEAT);
  action.say(`revisions before ${revision} dropped`);
}

async function defragmentOne(action: EtcdAction, member: AnsweringMember): Promise<void> {
  const { host, status } = member;
  const started = Date.now();
  const isLeader = status.leader === status.id;
  const result = await runOnMember(
    action,
    host,
    `free=$(df -Pk "$data_dir" | awk 'NR == 2 { print $4 }')
if [ "\${free:-0}" -lt "$NEEDED" ]; then section full df -Pk "$data_dir"; exit 6; fi
section defrag ask defrag`,
    { variables: { NEEDED: String(Math.ceil(status.inUseBytes / 1024)) } },
  );
  if (result.text("full") !== "")
    throw new PhaseError(
      `${host.name}: not enough free space to write a new database of ${size(status.inUseBytes)}`,
      {
        output: result.text("full"),
        remedy: `free some space on the disk of its database; ${REPEAT}`,
      },
    );
  requireDone(result, host, "defrag", "defragmenting", REPEAT);
  const seconds = (Date.now() - started) / 1000;
  const after = await untilServing(action, host);
  action.say(
    `${host.name}${isLeader ? " (leader)" : ""}: ${size(status.dbBytes)} → ${size(after.status.dbBytes)} in ${duration(seconds)}`,
  );
}

/** Until the member follows a leader again and has caught up. An alarm is no reason to wait: it is cleared at the end. */
async function untilServing(action: EtcdAction, host: Host): Promise<AnsweringMember> {
  const deadline = Date.now() + HEALTH_SECONDS * 1000;
  for (;;) {
    const [answer] = await askMembers(action.model, action.env, [host]);
    if (answer?.kind === "answers" && isServing(answer)) return answer;
    if (Date.now() > deadline)
      throw new PhaseError(`${host.name} does not answer after its defragmentation`, {
        remedy: `on ${host.name}: journalctl -u etcd -n 50; the other members were not touched`,
      });
    await sleep(500);
  }
}

function isServing({ status }: AnsweringMember): boolean {
  return status.leader !== "0" && (status.healthy || status.alarms.length > 0);
}

/** Clears the alarms for the whole cluster. */
export async function disarm(action: EtcdAction, host: Host): Promise<void> {
  const result = await runOnMember(action, host, "section disarm ask alarm disarm", { seconds: 60 });
  requireDone(result, host, "disarm", "clearing the alarms", REPEAT);
  action.say("alarms cleared");
}

/** One write through each member. With the first write, etcd raises the alarm again when a member is still too full. */
async function tryWrite(action: EtcdAction, members: readonly AnsweringMember[]): Promise<void> {
  for (const { host } of members) {
    const value = `defrag ${new Date().toISOString()} ${host.name}`;
    const result = await runOnMember(
      action,
      host,
      `section put ask put "$CANARY_KEY" "$CANARY"; section get ask get "$CANARY_KEY" --print-value-only`,
      { variables: { CANARY_KEY: CANARY, CANARY: value }, seconds: 60 },
    );
    if (result.did("put") && result.text("get") === value) continue;
    throw new PhaseError(`${host.name}: still refuses writes: ${result.reason("put")}`, {
      remedy: await stillFull(action),
    });
  }
  action.say(`written and read back through ${members.map(({ host }) => host.name).join(", ")}`);
}

async function stillFull({ model, env }: EtcdAction): Promise<string> {
  const full = answeringMembers(await askMembers(model, env)).find(
    (member) => member.status.dbBytes >= quotaOf(member) * 0.95,
  );
  return full === undefined
    ? "npm run etcd:status shows the members"
    : `${full.host.name} has ${size(full.status.dbBytes)} of data in use, and its quota is ${size(quotaOf(full))}: raise it (etcd.quota in the inventory, npm run deploy:kube -- --tags etcd), then repeat the command`;
}

function silentMembers(members: readonly AnsweringMember[], now: readonly AnsweringMember[]): string {
  return members
    .filter(({ host }) => !now.some((one) => one.host === host))
    .map(({ host }) => host.name)
    .join(", ");
}
