/** npm run node:remove */
import { dayTwoTask } from "../../day2/run.ts";

export const task = dayTwoTask("node:remove");
