/** npm run ceph:add-osd */
import { actionTask } from "../../cli/action-task.ts";
import { ADD_OSDS } from "../../day2/ceph-actions.ts";

export const task = actionTask(ADD_OSDS, {
  description:
    "Makes OSDs of the devices that the named hosts have in the inventory. Ceph then moves data onto them.",
  positionals: "HOST…",
});
