/** npm run ceph:remove-osd */
import { actionTask } from "../../cli/action-task.ts";
import { REMOVE_OSDS } from "../../day2/ceph-actions.ts";

export const task = actionTask(REMOVE_OSDS, {
  description:
    "Takes OSDs out, by number, and destroys what they hold. Ceph must be healthy, so that every object has copies elsewhere.",
  positionals: "NUMBER…",
});
