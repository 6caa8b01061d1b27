/** npm run ceph:remove-osd */
import { dayTwoTask } from "../../day2/run.ts";

export const task = dayTwoTask("ceph:remove-osd");
