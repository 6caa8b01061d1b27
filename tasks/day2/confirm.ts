/** Yes, or the cluster's name: asked on a terminal, given by a flag everywhere else. */
import { createInterface } from "node:readline/promises";
import { optionValue, type TaskContext } from "../cli/task.ts";
import { InputError, InterruptedError } from "../core/errors.ts";
import type { Action } from "./action.ts";

/** @throws InputError off a terminal without the flag; InterruptedError for any answer but the right one. */
export async function confirmAction(
  context: TaskContext,
  action: Pick<Action, "name" | "title" | "confirm">,
  cluster: string,
): Promise<void> {
  const byName = action.confirm === "name";
  if (byName) {
    const given = optionValue(context.args, "confirm");
    if (given === cluster) return;
    if (given !== undefined)
      throw new InputError(`--confirm ${given}: the cluster is named ${cluster}`, {
        remedy: "nothing was done",
      });
  } else if (context.args.flags.has("yes")) return;
  const flag = byName ? `--confirm ${cluster}` : "--yes";
  if (!context.isTerminal || process.stdin.isTTY !== true)
    throw new InputError(`${action.name} asks before it begins, and there is nobody to ask`, {
      remedy: `${flag} says yes beforehand`,
    });
  const question = byName
    ? `This cannot be undone. Type the cluster's name, ${cluster}, to go on: `
    : `${action.title} on ${cluster}? [y/N] `;
  const answer = await ask(question);
  if (byName ? answer === cluster : /^y(es)?$/i.test(answer)) return;
  throw new InterruptedError("not confirmed: nothing was done", { remedy: `${flag} answers the question` });
}

async function ask(question: string): Promise<string> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const closed = new Promise<string>((resolve) => terminal.once("close", () => resolve("")));
  try {
    return (await Promise.race([terminal.question(question), closed])).trim();
  } finally {
    terminal.close();
  }
}
