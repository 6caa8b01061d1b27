/** One command, from its words to its exit code. */
import { confirm, type Terminal } from "../cli/confirm.ts";
import { choiceOf } from "../cli/inventory-options.ts";
import { parseArguments, splitArguments } from "../cli/parse.ts";
import type { CommandEntry, TaskContext } from "../cli/task.ts";
import { typedCommand } from "../cli/typed-command.ts";
import { closest } from "../core/closest.ts";
import { EXIT, InputError } from "../core/errors.ts";
import { taskHelp } from "./help.ts";
import { REGISTRY, type TaskEntry } from "./registry.ts";

/** What all commands of one process share. */
export interface Surroundings extends Pick<TaskContext, "paths" | "env" | "out" | "err" | "isTerminal"> {
  /** Absent: nobody can answer a question. */
  readonly terminal?: Terminal;
}

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
  const typed = typedCommand(name, task, args);
  const { terminal, ...session } = surroundings;
  const code = await task.run({
    ...session,
    args,
    typed,
    choice: choiceOf(args),
    confirm: (question) => confirm(question, { typed, args, terminal }),
    runCommand: (other, words) => runCommand(other, words, surroundings),
    allCommands,
  });
  return code ?? EXIT.done;
}

/** Every command with its options, in the order of --help. */
export async function allCommands(): Promise<readonly CommandEntry[]> {
  return Promise.all(
    Object.entries(REGISTRY).map(async ([name, { group, summary, load }]) => ({
      name,
      group,
      summary,
      task: (await load()).task,
    })),
  );
}

function entryOf(name: string): TaskEntry {
  const entry = REGISTRY[name];
  if (entry !== undefined) return entry;
  const near = closest(name, Object.keys(REGISTRY));
  throw new InputError(`unknown command "${name}"${near === undefined ? "" : `, did you mean "${near}"?`}`, {
    remedy: "npm run help lists all commands",
  });
}
