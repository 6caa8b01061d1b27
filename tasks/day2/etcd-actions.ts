/** Day-2 actions on etcd's members, over SSH. */
import { GateError } from "../core/errors.ts";
import { hostsWith } from "../core/model.ts";
import type { Session } from "../core/session.ts";
import type { ClusterContext } from "../deploy/prepare.ts";
import { askMembers } from "../etcd/ask.ts";
import { defragment, defragOrder, disarm, refuseDefrag } from "../etcd/defrag.ts";
import type { Verdict } from "../etcd/judge.ts";
import { type AnsweringMember, answeringMembers, type MemberAnswer } from "../etcd/member.ts";
import { keptFolder, restore } from "../etcd/restore.ts";
import { recordRestore } from "../etcd/restore-journal.ts";
import type { RestorePlan } from "../etcd/restore-plan.ts";
import { takeSnapshot } from "../etcd/snapshot.ts";
import type { LocalSnapshot } from "../etcd/snapshot-file.ts";
import type { SnapshotTarget } from "../etcd/snapshot-target.ts";
import type { WorkContext } from "../phases/spec.ts";
import { size } from "../report/text.ts";
import type { HostStep, PreparedAction } from "./host-action.ts";

const onEtcd = ({ env }: Session, { model }: ClusterContext, work: WorkContext) => ({ ...work, model, env });

/** @param kept called with the file when it is complete */
function snapshotStep(
  session: Session,
  cluster: ClusterContext,
  target: SnapshotTarget,
  kept: (path: string, work: WorkContext) => void,
): HostStep {
  return {
    name: "etcd-snapshot",
    title: "Take a snapshot of etcd",
    work: {
      lines: [`take a snapshot and keep it in ${target.file ?? target.folder}`],
      async run(work) {
        // Time has passed since the plan, so the members are asked again.
        const answers = await askMembers(cluster.model, session.env);
        const { path } = await takeSnapshot(onEtcd(session, cluster, work), answers, target);
        kept(path, work);
      },
    },
  };
}

/** @param kept called with the file when it is complete */
export function snapshotAction(
  session: Session,
  cluster: ClusterContext,
  target: SnapshotTarget,
  kept: (path: string) => void,
): PreparedAction {
  return {
    title: "Take a snapshot of etcd",
    confirm: "none",
    steps: [snapshotStep(session, cluster, target, kept)],
  };
}

export interface DefragRequest {
  readonly answers: readonly MemberAnswer[];
  readonly verdict: Verdict;
  /** Continue although a member is down. */
  readonly degraded: boolean;
  /** Absent: no snapshot is taken. */
  readonly target?: SnapshotTarget;
}

/** @throws GateError when defragmenting now would do harm. */
export function defragAction(
  session: Session,
  cluster: ClusterContext,
  request: DefragRequest,
): PreparedAction {
  const { answers, verdict, degraded, target } = request;
  const refusal = refuseDefrag(answers, verdict, degraded);
  if (refusal !== undefined)
    throw new GateError(`etcd:defrag: ${refusal.message}`, { remedy: refusal.remedy });
  const order = defragOrder(answeringMembers(answers)).map(({ host }) => host.name);
  const defrag: HostStep = {
    name: "etcd-defrag",
    title: "Compact and defragment etcd",
    work: {
      lines: [
        "drop old revisions",
        `defragment ${order.join(", then ")} (the leader last)`,
        "clear alarms",
        "write and read back through each member",
      ],
      async run(work) {
        await defragment(onEtcd(session, cluster, work), await askMembers(cluster.model, session.env));
      },
    },
  };
  return {
    title: "Compact and defragment etcd",
    confirm: "question",
    steps: [
      ...(target === undefined
        ? []
        : [snapshotStep(session, cluster, target, (path, { say }) => say(`snapshot kept: ${path}`))]),
      defrag,
    ],
    ...(target === undefined
      ? { notes: ["no snapshot is taken first: the old state cannot be restored"] }
      : {}),
  };
}

/** @param member through which the alarms of all are cleared */
export function disarmAction(
  session: Session,
  cluster: ClusterContext,
  member: AnsweringMember,
): PreparedAction {
  return {
    title: "Clear the alarms of etcd",
    confirm: "none",
    steps: [
      {
        name: "etcd-disarm",
        title: "Clear the alarms of etcd",
        work: {
          lines: ["clear the alarms of all members"],
          run: (work) => disarm(onEtcd(session, cluster, work), member.host),
        },
      },
    ],
  };
}

export function restoreAction(session: Session, cluster: ClusterContext, plan: RestorePlan): PreparedAction {
  const names = plan.members.map(({ host }) => host.name).join(", ");
  const controlPlanes = hostsWith(cluster.model, "control-plane").map(({ name }) => name);
  const tools = [...new Set(plan.members.map(({ tool }) => tool))].join(", ");
  return {
    title: `Restore etcd from ${describeSnapshot(plan.snapshot)}`,
    confirm: "name",
    steps: [
      {
        name: "etcd-restore",
        title: "Restore etcd",
        work: {
          lines: [
            `make a new member from the snapshot beside the old data on ${names}, with ${tools}`,
            ...(controlPlanes.length === 0 ? [] : [`stop the API servers on ${controlPlanes.join(", ")}`]),
            `stop etcd on ${names}, the leader last`,
            `keep the old data as ${plan.members[0]?.settings.dataDir}/${keptFolder(plan)}, put the new in its place`,
            "start all members, count keys, read and write a canary",
            ...(controlPlanes.length === 0 ? [] : ["start the API servers"]),
          ],
          run: (work) =>
            restore(onEtcd(session, cluster, work), plan, (part) => recordRestore(cluster.build, plan, part)),
        },
      },
    ],
    notes: [
      "everything that was written after the snapshot is lost",
      ...(plan.snapshot.manifest === undefined
        ? ["the snapshot has no manifest beside it: its hash is checked, its number of keys cannot be"]
        : []),
      ...(plan.bumpRevision === undefined
        ? [
            "this etcd cannot mark old revisions: restart every kubelet afterwards, or it keeps outdated objects",
          ]
        : []),
    ],
  };
}

function describeSnapshot({ path, bytes, manifest }: LocalSnapshot): string {
  if (manifest === undefined) return `${path} (${size(bytes)})`;
  const keys = manifest.liveKeys === undefined ? "" : `, ${manifest.liveKeys} keys`;
  return `${path} (${size(bytes)}, taken ${manifest.taken} from ${manifest.member}, revision ${manifest.revision}${keys})`;
}
