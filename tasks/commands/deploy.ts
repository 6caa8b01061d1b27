/** npm run deploy, npm run deploy:<phase> */
import { PLAN_OPTION } from "../cli/action-task.ts";
import { YES_OPTION } from "../cli/confirm.ts";
import { INVENTORY_OPTIONS } from "../cli/inventory-options.ts";
import {
  deployRequest,
  IGNORE_GATES_OPTION,
  PHASE_WORDS,
  RUN_OPTIONS,
  SELECT_OPTIONS,
} from "../cli/run-options.ts";
import type { Task } from "../cli/task.ts";
import { EXIT } from "../core/errors.ts";
import { deploy } from "../deploy/deploy.ts";
import { showPlan } from "../deploy/show-plan.ts";

export const task: Task = {
  description: `Runs the phases of a deploy in order: all of them, or those that you name. A full deploy asks
first; off a terminal it needs --yes. Each run leaves its log and its events in build/<cluster>/runs/. A phase that
fails stops the run: repair the cause, then continue with --resume.`,
  positionals: PHASE_WORDS,
  options: {
    ...INVENTORY_OPTIONS,
    ...SELECT_OPTIONS,
    ...RUN_OPTIONS,
    ...PLAN_OPTION,
    ...IGNORE_GATES_OPTION,
    ...YES_OPTION,
  },
  async run(context) {
    const { flags } = context.args;
    const request = deployRequest(context.args);
    if (flags.has("plan")) await showPlan(context, request, "text");
    else await deploy(context, request, flags.has("ignore-gates"));
    return EXIT.done;
  },
};
