/** npm run node:remove */

import { actionTask } from "../../cli/action-task.ts";
import { HOSTS } from "../../cli/words.ts";
import { REMOVE_NODES } from "../../day2/kubernetes-actions.ts";

export const task = actionTask(REMOVE_NODES, {
  description: `Drains the hosts, removes them from etcd and Kubernetes, and cleans them up. Use --dead for hosts that will never answer
again. Refuses what would cost etcd its quorum, and refuses to remove the first control plane.`,
  positionals: HOSTS,
  options: { dead: { type: "boolean", help: "remove hosts that are gone: no drain, no clean-up" } },
});
