/** npm run etcd:snapshot */
import { PLAN_OPTION } from "../../cli/action-task.ts";
import { INVENTORY_OPTIONS } from "../../cli/inventory-options.ts";
import { optionValue, type Task } from "../../cli/task.ts";
import { EXIT } from "../../core/errors.ts";
import { snapshotAction } from "../../day2/etcd-actions.ts";
import { runOnHosts } from "../../day2/host-action.ts";
import { loadCluster } from "../../deploy/prepare.ts";
import { requireEtcd } from "../../etcd/require-etcd.ts";
import { snapshotTarget } from "../../etcd/snapshot-target.ts";

export const task: Task = {
  description: `Takes a snapshot on the member that is most up to date, checks its hash there and here, and keeps it on this machine
with what is known of it (revision, hash, number of keys). Works without a quorum, as long as one member runs.
It holds every Secret of the cluster: its file is readable by you only.`,
  options: {
    ...INVENTORY_OPTIONS,
    output: {
      type: "string",
      short: "o",
      value: "FILE|FOLDER",
      help: "where to keep it; default build/<cluster>/etcd-snapshots/",
    },
    ...PLAN_OPTION,
  },
  async run(context) {
    const cluster = await loadCluster(context);
    requireEtcd(cluster.model);
    const target = snapshotTarget(optionValue(context.args, "output"), cluster.build);
    const action = snapshotAction(context, cluster, target, (path) => context.out(`${path}\n`));
    await runOnHosts(context, cluster, action, context.args.flags.has("plan"));
    return EXIT.done;
  },
};
