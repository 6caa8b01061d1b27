/** npm run node:remove */
import { actionTask } from "../../cli/action-task.ts";
import { REMOVE_NODES } from "../../day2/kubernetes-actions.ts";

export const task = actionTask(REMOVE_NODES, {
  description: `Drains the hosts, takes them out of etcd and Kubernetes, and cleans them up. --dead for hosts that will never answer
again: nothing is asked of them. Refuses what would cost etcd its quorum, and the first control plane.`,
  positionals: "HOST…",
  options: { dead: { type: "boolean", help: "the hosts are gone: do not drain, do not clean up" } },
});
