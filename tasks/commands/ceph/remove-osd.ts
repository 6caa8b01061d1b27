/** npm run ceph:remove-osd */
import { actionTask } from "../../cli/action-task.ts";
import { REMOVE_OSDS } from "../../day2/ceph-actions.ts";

export const task = actionTask(REMOVE_OSDS, {
  description: `Removes OSDs by number and destroys the data on them. Ceph must be healthy, so that every object has copies on other OSDs.`,
  positionals: { usage: "NUMBER…" },
});
