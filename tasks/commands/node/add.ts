/** npm run node:add */

import { actionTask } from "../../cli/action-task.ts";
import { HOSTS } from "../../cli/words.ts";
import { ADD_NODES } from "../../day2/kubernetes-actions.ts";

export const task = actionTask(ADD_NODES, {
  description: `Prepares new hosts and joins them. Add them to the inventory first: a new control plane or etcd member comes after the
existing ones. The load balancers get a new control plane as a backend.`,
  positionals: HOSTS,
});
