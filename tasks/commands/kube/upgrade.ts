/** npm run kube:upgrade */
import { actionTask } from "../../cli/action-task.ts";
import { UPGRADE_KUBERNETES } from "../../day2/kubernetes-actions.ts";

export const task = actionTask(UPGRADE_KUBERNETES, {
  description: `Upgrades Kubernetes to --to, else to versions.kubernetes of the inventory, else to the newest version that the vendored
kubespray installs. One minor version after the other; control planes first, then the nodes in batches, each drained.
Refuses to skip a minor version and to go back.`,
  options: {
    to: {
      type: "string",
      value: "VERSION",
      help: "upgrade to this version, such as 1.35.4",
      default: "see above",
    },
    from: {
      type: "string",
      value: "VERSION",
      help: "assume that this version runs now",
      default: "ask the hosts",
    },
    serial: {
      type: "string",
      value: "N|N%",
      kind: "count-or-share",
      help: "upgrade this many nodes at a time",
      default: "20%",
    },
    "drain-timeout": {
      type: "string",
      value: "SECONDS",
      kind: "seconds",
      help: "wait this long for pods to leave a node",
      default: "360",
    },
    pause: {
      type: "string",
      value: "SECONDS",
      kind: "seconds",
      help: "wait this long before each node",
      default: "0",
    },
    "no-drain": { type: "boolean", help: "upgrade nodes without draining their pods" },
  },
});
