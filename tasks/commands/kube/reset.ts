/** npm run kube:reset */
import { dayTwoTask } from "../../day2/run.ts";

export const task = dayTwoTask("kube:reset");
