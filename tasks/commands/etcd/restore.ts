/** npm run etcd:restore */
import { resolve } from "node:path";
import { PLAN_OPTION } from "../../cli/action-task.ts";
import { confirmNameOption } from "../../cli/confirm.ts";
import { INVENTORY_OPTIONS } from "../../cli/inventory-options.ts";
import type { Task } from "../../cli/task.ts";
import { EXIT, InputError } from "../../core/errors.ts";
import { NEVER_STOPPED } from "../../core/stop.ts";
import { restoreAction } from "../../day2/etcd-actions.ts";
import { runOnHosts } from "../../day2/host-action.ts";
import { loadCluster } from "../../deploy/prepare.ts";
import { askMembers } from "../../etcd/ask.ts";
import { describeStatus } from "../../etcd/describe.ts";
import { judge } from "../../etcd/judge.ts";
import { requireEtcd } from "../../etcd/require-etcd.ts";
import { keptFolder } from "../../etcd/restore.ts";
import { planRestore, type RestorePlan } from "../../etcd/restore-plan.ts";
import { verifySnapshot } from "../../etcd/snapshot-file.ts";

export const task: Task = {
  description: `Restores etcd on all members from one snapshot, as a new cluster. The snapshot is checked, and a new member made of it on
every host, before anything is stopped. Then API servers and members stop, the old data is renamed and kept, the new data
takes its place, and all start again; keys are counted and a canary is read and written. Repeat it wherever it ended.
Everything written after the snapshot is lost, so the cluster's name has to be typed.`,
  positionals: "SNAPSHOT",
  options: {
    ...INVENTORY_OPTIONS,
    without: {
      type: "string",
      multiple: true,
      value: "HOST",
      help: "a member that is lost for good: the new cluster begins without it; repeatable",
    },
    raw: { type: "boolean", help: "the file is a copy of a member's member/snap/db, which has no hash" },
    ...PLAN_OPTION,
    ...confirmNameOption("cluster"),
  },
  async run(context) {
    const { args, env, out } = context;
    const cluster = await loadCluster(context);
    const model = requireEtcd(cluster.model);
    const [given, ...more] = args.positionals;
    if (given === undefined || more.length > 0)
      throw new InputError("etcd:restore needs one snapshot", {
        remedy: `npm run etcd:restore -- FILE; etcd:snapshot and etcd:defrag keep theirs in ${cluster.build}/etcd-snapshots/`,
      });
    const raw = args.flags.has("raw");
    const snapshot = await verifySnapshot(resolve(given), raw);
    if (snapshot.manifest !== undefined && snapshot.manifest.cluster !== model.name)
      throw new InputError(
        `${snapshot.path} is of the cluster ${snapshot.manifest.cluster}, this is ${model.name}`,
        { remedy: "name a snapshot of this cluster; nothing was changed" },
      );
    const plan = await planRestore({ model, env, stop: NEVER_STOPPED }, snapshot, {
      raw,
      without: args.values.get("without") ?? [],
      now: new Date(),
    });
    const action = restoreAction(context, cluster, plan);
    if (!(await runOnHosts(context, cluster, action, args.flags.has("plan")))) return EXIT.done;
    const members = plan.members.map(({ host }) => host);
    const answers = await askMembers(model, env, members);
    out(describeStatus(model.name, answers, judge(model, answers, 80)));
    out(afterwards(plan));
    return EXIT.done;
  },
};

function afterwards(plan: RestorePlan): string {
  const kept = plan.members.map(
    ({ host, settings }) => `${host.name}:${settings.dataDir}/${keptFolder(plan)}`,
  );
  return `now: once the cluster is as it should be, remove the old data: ${kept.join(" ")}\n`;
}
