/** npm run ceph:purge */
import { dayTwoTask } from "../../day2/run.ts";

export const task = dayTwoTask("ceph:purge");
