/** npm run kube:recover */
import { actionTask } from "../../cli/action-task.ts";
import { RECOVER_CONTROL_PLANE } from "../../day2/kubernetes-actions.ts";

export const task = actionTask(RECOVER_CONTROL_PLANE, {
  description: `Rebuilds broken control planes and etcd members from those that work. Name the broken ones, reinstalled and reachable
under their old names. When etcd has lost its quorum, it is restored from the first working member, or from --snapshot.`,
  positionals: "HOST…",
  options: {
    snapshot: { type: "string", value: "FILE", help: "etcd snapshot on this machine to restore from" },
    retries: { type: "string", value: "N", help: "how often to ask etcd for its health; default 10" },
  },
});
