/** npm run ceph:add-osd */

import { actionTask } from "../../cli/action-task.ts";
import { HOSTS } from "../../cli/words.ts";
import { ADD_OSDS } from "../../day2/ceph-actions.ts";

export const task = actionTask(ADD_OSDS, {
  description: `Creates OSDs on the devices that the inventory lists for the hosts that you name. Ceph then moves data onto them.`,
  positionals: HOSTS,
});
