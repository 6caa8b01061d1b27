/** npm run etcd:snapshot */

import { PLAN_OPTION } from "../../cli/action-task.ts";
import { INVENTORY_OPTIONS } from "../../cli/inventory-options.ts";
import { SNAPSHOT_OUTPUT } from "../../cli/snapshot-option.ts";
import { optionValue, type Task } from "../../cli/task.ts";
import { EXIT } from "../../core/errors.ts";
import { snapshotAction } from "../../day2/etcd-actions.ts";
import { runOnHosts } from "../../day2/host-action.ts";
import { loadCluster } from "../../deploy/prepare.ts";
import { requireEtcd } from "../../etcd/require-etcd.ts";
import { snapshotTarget } from "../../etcd/snapshot-target.ts";

export const task: Task = {
  description: `Takes a snapshot on the member with the newest data, checks its hash on that host and on this machine, and keeps it on
this machine together with its revision, hash and number of keys. Works without a quorum, as long as one member runs.
The file holds every Secret of the cluster: only you can read it.`,
  options: {
    ...INVENTORY_OPTIONS,
    output: SNAPSHOT_OUTPUT,
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
