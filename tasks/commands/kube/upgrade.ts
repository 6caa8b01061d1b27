/** npm run kube:upgrade */
import { actionTask } from "../../cli/action-task.ts";
import { UPGRADE_KUBERNETES } from "../../day2/kubernetes-actions.ts";

export const task = actionTask(UPGRADE_KUBERNETES, {
  description: `Upgrades to --to, to versions.kubernetes, or to the newest that the vendored kubespray installs: one minor
version after the other, control planes first, then the nodes in batches, each drained. Refuses to skip a minor version or to go back.`,
  options: {
    to: { type: "string", value: "VERSION", help: "such as 1.35.4" },
    from: { type: "string", value: "VERSION", help: "what runs now; default: the hosts are asked" },
    serial: { type: "string", value: "N|N%", help: "nodes at a time; default 20%" },
    "drain-timeout": {
      type: "string",
      value: "SECONDS",
      help: "how long pods may take to leave a node; default 360",
    },
    pause: { type: "string", value: "SECONDS", help: "wait before each node" },
    "no-drain": { type: "boolean", help: "leave pods where they are while their node is upgraded" },
  },
});
