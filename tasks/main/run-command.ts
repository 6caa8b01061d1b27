/** One command, from its words to its exit code. */
import { confirm } from "../cli/confirm.ts";
import { choiceOf } from "../cli/inventory-options.ts";
import { parseArguments, splitArguments } from "../cli/parse.ts";
import type { TaskContext } from "../cli/task.ts";
import { closest } from "../core/closest.ts";
import { EXIT, InputError } from "../core/errors.ts";
import { taskHelp } from "./help.ts";
import { REGISTRY, type TaskEntry } from "./registry.ts";

/** What all commands of one process share. */
export type Surroundings = Pick<TaskContext, "paths" | "env" | "out" | "err" | "isTerminal">;

/** @throws InputError for an unknown command or flag, and whatever the command throws. */
export async function runCommand(
  name: string,
  argv: readonly string[],
  surroundings: Surroundings,
): Promise<number> {
  const { task } = await entryOf(name).load();
  if (splitArguments(task, argv).own.some((word) => word === "--help" || word === "-h")) {
    surroundings.out(taskHelp(name, task));
    return EXIT.done;
  }
  const args = parseArguments(name, task, argv);
  const { isTerminal } = surroundings;
  const code = await task.run({
    ...surroundings,
    args,
    choice: choiceOf(args),
    confirm: (question) => confirm(question, { command: name, args, isTerminal }),
    runCommand: (other, words) => runCommand(other, words, surroundings),
  });
  return code ?? EXIT.done;
}

function entryOf(name: string): TaskEntry {
  const entry = REGISTRY[name];
  if (entry !== undefined) return entry;
  const near = closest(name, Object.keys(REGISTRY));
  throw new InputError(`unknown command "${name}"${near === undefined ? "" : `, did you mean "${near}"?`}`, {
    remedy: "npm run help lists all commands",
  });
}
