/** npm run node:add */
import { actionTask } from "../../cli/action-task.ts";
import { ADD_NODES } from "../../day2/kubernetes-actions.ts";

export const task = actionTask(ADD_NODES, {
  description: `Prepares new hosts and joins them. Put them into the inventory first; a new control plane or etcd member comes after
the ones that are there, and the load balancers learn of it.`,
  positionals: "HOST…",
});
