/** npm run kube:scale */
import { dayTwoTask } from "../../day2/run.ts";

export const task = dayTwoTask("kube:scale");
