/** npm run ceph:purge */
import { actionTask } from "../../cli/action-task.ts";
import { PURGE_CEPH } from "../../day2/ceph-actions.ts";

export const task = actionTask(PURGE_CEPH, {
  description: `Removes Ceph's packages, configuration and ALL DATA from every host. This cannot be undone.`,
});
