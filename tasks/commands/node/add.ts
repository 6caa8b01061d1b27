/** npm run node:add */
import { dayTwoTask } from "../../day2/run.ts";

export const task = dayTwoTask("node:add");
