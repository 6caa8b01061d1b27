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
  description: `Restores etcd on all members from one snapshot, as a new cluster. The snapshot is checked, and a new member is made
from it on every host, before anything stops. Then API servers and members stop, the old data is renamed and kept, the
new data takes its place, and all start again; keys are counted and a test key is written and read. If it stops
anywhere, repeat the command to continue. Everything written after the snapshot is lost, so you type the cluster's name.`,
  positionals: { usage: "SNAPSHOT", complete: "file" },
  options: {
    ...INVENTORY_OPTIONS,
    without: {
      type: "string",
      multiple: true,
      value: "HOST",
      help: "leave out a member that is lost for good (repeatable)",
      default: "none",
      complete: "host",
    },
    raw: { type: "boolean", help: "accept a copy of a member's member/snap/db, which has no hash" },
    ...PLAN_OPTION,
    ...confirmNameOption("cluster"),
  },
  async run(context) {
    const { args, env, out } = context;
    const cluster = await loadCluster(context);
    const model = requireEtcd(cluster.model);
    const [given, ...more] = args.positionals;
    if (given === undefined || more.length > 0)
      throw new InputError("etcd:restore needs one snapshot file", {
        remedy: `npm run etcd:restore -- FILE; snapshots are in ${cluster.build}/etcd-snapshots/`,
      });
    const raw = args.flags.has("raw");
    const snapshot = await verifySnapshot(resolve(given), raw);
    if (snapshot.manifest !== undefined && snapshot.manifest.cluster !== model.name)
      throw new InputError(
        `${snapshot.path} belongs to the cluster ${snapshot.manifest.cluster}, not to ${model.name}`,
        {
          remedy: `nothing was changed; choose a snapshot of ${model.name} in ${cluster.build}/etcd-snapshots/`,
        },
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
  return `next: when the cluster works, remove the old data: ${kept.join(" ")}\n`;
}
