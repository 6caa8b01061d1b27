/** npm run kube:reset */
import { actionTask } from "../../cli/action-task.ts";
import { RESET_KUBERNETES } from "../../day2/kubernetes-actions.ts";

export const task = actionTask(RESET_KUBERNETES, {
  description: `Removes Kubernetes, etcd and every container from all hosts. What was stored in the cluster is lost. Ceph is not changed.`,
});
