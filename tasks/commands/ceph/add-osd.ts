/** npm run ceph:add-osd */
import { dayTwoTask } from "../../day2/run.ts";

export const task = dayTwoTask("ceph:add-osd");
