/** npm run plan */
import { FORMAT_OPTION, wantsJson } from "../cli/format-option.ts";
import { INVENTORY_OPTIONS } from "../cli/inventory-options.ts";
import { deployRequest, PHASE_WORDS, RUN_OPTIONS, SELECT_OPTIONS } from "../cli/run-options.ts";
import type { Task } from "../cli/task.ts";
import { EXIT } from "../core/errors.ts";
import { showPlan } from "../deploy/show-plan.ts";

export const task: Task = {
  description: `Prints what a deploy would run, in order: the phases, the reason for each that is skipped, the exact
commands, and plays that would match no host. Changes nothing.`,
  positionals: PHASE_WORDS,
  options: { ...INVENTORY_OPTIONS, ...SELECT_OPTIONS, ...RUN_OPTIONS, ...FORMAT_OPTION },
  async run(context) {
    await showPlan(context, deployRequest(context.args), wantsJson(context.args) ? "json" : "text");
    return EXIT.done;
  },
};
