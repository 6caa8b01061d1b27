/** npm run etcd:restore */
import { resolve } from "node:path";
import { INVENTORY_OPTIONS } from "../../cli/inventory-options.ts";
import type { Task } from "../../cli/task.ts";
import { EXIT, InputError } from "../../core/errors.ts";
import { hostsWith } from "../../core/model.ts";
import { confirmAction } from "../../day2/confirm.ts";
import { underLock } from "../../deploy/locked.ts";
import { loadCluster } from "../../deploy/prepare.ts";
import { askMembers } from "../../etcd/ask.ts";
import { describeStatus } from "../../etcd/describe.ts";
import { judge } from "../../etcd/judge.ts";
import { keptFolder, restore } from "../../etcd/restore.ts";
import { recordRestore } from "../../etcd/restore-journal.ts";
import { planRestore, type RestorePlan } from "../../etcd/restore-plan.ts";
import { type LocalSnapshot, verifySnapshot } from "../../etcd/snapshot-file.ts";
import { requireEtcd } from "../../etcd/start.ts";
import { size } from "../../report/text.ts";

const NEVER = new AbortController().signal;

export const task: Task = {
  description: `Restores etcd on all members from one snapshot, as a new cluster. The snapshot is checked, and a new member made of it on
every host, before anything is stopped. Then API servers and members stop, the data changes places by a rename (the old
is kept), and all start again; keys are counted and a canary is read and written. May be run again wherever it ended.
Everything written after the snapshot is lost, so it wants the cluster's name typed.`,
  positionals: "SNAPSHOT",
  options: {
    ...INVENTORY_OPTIONS,
    without: {
      type: "string",
      multiple: true,
      value: "HOST",
      help: "a member that is gone for good: the new cluster begins without it; repeatable",
    },
    raw: { type: "boolean", help: "the file is a copy of a member's member/snap/db, which has no hash" },
    plan: { type: "boolean", help: "check the snapshot and the hosts, print the plan and end" },
    confirm: { type: "string", value: "NAME", help: "the cluster's name, in place of typing it" },
  },
  async run(context) {
    const { args, env } = context;
    const cluster = await loadCluster(context);
    const model = requireEtcd(cluster.model);
    const [given, ...more] = args.positionals;
    if (given === undefined || more.length > 0)
      throw new InputError("etcd:restore: which snapshot?", {
        remedy: `npm run etcd:restore -- FILE; those of etcd:snapshot and etcd:defrag are in ${cluster.build}/etcd-snapshots/`,
      });
    const snapshot = await verifySnapshot(resolve(given), args.flags.has("raw"));
    if (snapshot.manifest !== undefined && snapshot.manifest.cluster !== model.name)
      throw new InputError(
        `${snapshot.path} is of the cluster ${snapshot.manifest.cluster}, this is ${model.name}`,
        {
          remedy: "name a snapshot of this cluster; nothing was changed",
        },
      );
    const unstoppable = { requested: false, now: NEVER };
    const plan = await planRestore({ model, env, stop: unstoppable }, snapshot, {
      raw: args.flags.has("raw"),
      without: args.values.get("without") ?? [],
      now: new Date(),
    });
    const controlPlanes = hostsWith(model, "control-plane").map(({ name }) => name);
    context.out(describe(model.name, plan, controlPlanes));
    if (args.flags.has("plan")) return EXIT.done;
    await confirmAction(
      context,
      { name: "etcd:restore", title: "Restore etcd", confirm: "name" },
      model.name,
    );
    await underLock(context, cluster.lock, "etcd:restore", async (stop) => {
      const say = (line: string): void => context.err(`${line}\n`);
      await restore({ model, env, stop, say }, plan, (part) => recordRestore(cluster.build, plan, part));
    });
    const answers = await askMembers(
      model,
      env,
      plan.members.map(({ host }) => host),
    );
    context.out(describeStatus(model.name, answers, judge(model, answers, 80)));
    context.out(afterwards(plan));
    return EXIT.done;
  },
};

function describe(cluster: string, plan: RestorePlan, controlPlanes: readonly string[]): string {
  const names = plan.members.map(({ host }) => host.name).join(", ");
  const steps = [
    `make a new member of it beside the old data on ${names}, with ${[...new Set(plan.members.map(({ tool }) => tool))].join(", ")}`,
    ...(controlPlanes.length === 0 ? [] : [`stop the API servers on ${controlPlanes.join(", ")}`]),
    `stop etcd on ${names}, the leader last`,
    `keep the old data as ${plan.members[0]?.settings.dataDir}/${keptFolder(plan)}, put the new in its place`,
    "start all members, count keys, read and write a canary",
    ...(controlPlanes.length === 0 ? [] : ["start the API servers"]),
  ];
  const notes = [
    "everything that was written after the snapshot is lost",
    ...(plan.snapshot.manifest === undefined
      ? ["the snapshot has no manifest beside it: its hash is checked, its number of keys cannot be"]
      : []),
    ...(plan.bumpRevision === undefined
      ? ["this etcd cannot mark old revisions: restart the kubelets afterwards, or they trust what they saw"]
      : []),
  ];
  return [
    `Restore etcd of ${cluster} from ${describeSnapshot(plan.snapshot)}`,
    ...steps.map((step, index) => `${index + 1}. ${step}`),
    ...notes.map((note) => `note: ${note}`),
    "",
  ].join("\n");
}

function describeSnapshot({ path, bytes, manifest }: LocalSnapshot): string {
  if (manifest === undefined) return `${path} (${size(bytes)})`;
  const keys = manifest.liveKeys === undefined ? "" : `, ${manifest.liveKeys} keys`;
  return `${path} (${size(bytes)}, taken ${manifest.taken} from ${manifest.member}, revision ${manifest.revision}${keys})`;
}

function afterwards(plan: RestorePlan): string {
  const kept = plan.members.map(
    ({ host, settings }) => `${host.name}:${settings.dataDir}/${keptFolder(plan)}`,
  );
  return `now: once the cluster is as it should be, remove the old data: ${kept.join(" ")}\n`;
}
