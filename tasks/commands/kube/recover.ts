/** npm run kube:recover */

import { actionTask } from "../../cli/action-task.ts";
import { HOSTS } from "../../cli/words.ts";
import { RECOVER_CONTROL_PLANE } from "../../day2/kubernetes-actions.ts";

export const task = actionTask(RECOVER_CONTROL_PLANE, {
  description: `Rebuilds broken control planes and etcd members from those that work. Name the broken hosts: reinstalled, and reachable
under their old names. When etcd has lost its quorum, it is restored from the first working member, or from --snapshot.`,
  positionals: HOSTS,
  options: {
    snapshot: {
      type: "string",
      value: "FILE",
      help: "restore etcd from this snapshot",
      default: "first working member",
      complete: "file",
    },
    retries: {
      type: "string",
      value: "N",
      kind: "count",
      help: "ask etcd for its health this many times",
      default: "10",
    },
  },
});
