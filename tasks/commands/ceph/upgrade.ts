/** npm run ceph:upgrade */
import { actionTask } from "../../cli/action-task.ts";
import { UPGRADE_CEPH } from "../../day2/ceph-actions.ts";

export const task = actionTask(UPGRADE_CEPH, {
  description: `Upgrades the daemons one host at a time: monitors, managers, OSDs, then the others. Before each next host Ceph must be healthy again.`,
});
