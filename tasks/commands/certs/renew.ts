/** npm run certs:renew */
import { dayTwoTask } from "../../day2/run.ts";

export const task = dayTwoTask("certs:renew");
