/** A day-2 action → a command with its flags. */
import type { Action } from "../day2/action.ts";
import { runAction } from "../day2/run.ts";
import { confirmNameOption, YES_OPTION } from "./confirm.ts";
import { INVENTORY_OPTIONS } from "./inventory-options.ts";
import { IGNORE_GATES_OPTION, RUN_OPTIONS, runFlags } from "./run-options.ts";
import { namesIn, type OptionSpec, optionValue, type PositionalSpec, type Task } from "./task.ts";

/** What --help says of the action. */
export interface ActionHelp {
  readonly description: string;
  /** The names it takes; absent: it takes none. */
  readonly positionals?: PositionalSpec;
  /** Flags of this action alone; their values reach the action by their names. */
  readonly options?: Readonly<Record<string, OptionSpec>>;
}

const { limit: _limit, tags: _tags, "skip-tags": _skipTags, ...PLAYBOOK_OPTIONS } = RUN_OPTIONS;

/** For every command that changes a running cluster. */
export const PLAN_OPTION = {
  plan: { type: "boolean", help: "print the plan and change nothing" },
} as const satisfies Record<string, OptionSpec>;

export function actionTask(action: Action, { description, positionals, options = {} }: ActionHelp): Task {
  return {
    description: `${description}\nPrints the plan first, then asks.`,
    ...(positionals === undefined ? {} : { positionals }),
    options: {
      ...INVENTORY_OPTIONS,
      ...options,
      ...PLAYBOOK_OPTIONS,
      ...PLAN_OPTION,
      ...IGNORE_GATES_OPTION,
      ...(action.confirm === "name" ? confirmNameOption("cluster") : YES_OPTION),
    },
    async run(context) {
      const { args } = context;
      const values = Object.keys(options).flatMap((key) => {
        const value = optionValue(args, key);
        return value === undefined ? [] : [[key, value] as const];
      });
      return runAction(context, action, {
        names: namesIn(args.positionals),
        options: Object.fromEntries(values),
        flags: args.flags,
        run: runFlags(args),
        onlyPlan: args.flags.has("plan"),
        ignoreGates: args.flags.has("ignore-gates"),
      });
    },
  };
}
