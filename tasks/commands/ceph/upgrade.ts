/** npm run ceph:upgrade */
import { dayTwoTask } from "../../day2/run.ts";

export const task = dayTwoTask("ceph:upgrade");
