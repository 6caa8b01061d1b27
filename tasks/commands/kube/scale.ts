/** npm run kube:scale */

import { actionTask } from "../../cli/action-task.ts";
import { HOSTS_OR_ALL } from "../../cli/words.ts";
import { ADD_WORKERS } from "../../day2/kubernetes-actions.ts";

export const task = actionTask(ADD_WORKERS, {
  description: `Joins every worker that is in the inventory and not yet in the cluster, or only those that you name. Control planes and
etcd are not changed.`,
  positionals: HOSTS_OR_ALL,
});
