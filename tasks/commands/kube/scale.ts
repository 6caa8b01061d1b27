/** npm run kube:scale */
import { actionTask } from "../../cli/action-task.ts";
import { ADD_WORKERS } from "../../day2/kubernetes-actions.ts";

export const task = actionTask(ADD_WORKERS, {
  description: `Brings every worker that is in the inventory and not yet in the cluster (or only those named). Control planes and
etcd are left alone.`,
  positionals: "[HOST…]",
});
