/** npm run kube:recover */
import { dayTwoTask } from "../../day2/run.ts";

export const task = dayTwoTask("kube:recover");
