/** npm run kube:upgrade */
import { dayTwoTask } from "../../day2/run.ts";

export const task = dayTwoTask("kube:upgrade");
