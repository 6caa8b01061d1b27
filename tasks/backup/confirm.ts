/** Live files are replaced only after somebody has typed the host's name. */
import { createInterface } from "node:readline/promises";
import { optionValue, type TaskContext } from "../cli/task.ts";
import { InputError, InterruptedError } from "../core/errors.ts";

/** @throws InputError off a terminal without --confirm; InterruptedError for any answer but the host's name. */
export async function confirmHost(context: TaskContext, host: string): Promise<void> {
  const given = optionValue(context.args, "confirm");
  if (given === host) return;
  const remedy = `--confirm ${host} says so beforehand`;
  if (given !== undefined)
    throw new InputError(`--confirm ${given}: the host is named ${host}`, { remedy: "nothing was done" });
  if (!context.isTerminal || process.stdin.isTTY !== true)
    throw new InputError(
      "live files are replaced only when somebody confirms it, and there is nobody to ask",
      { remedy },
    );
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const closed = new Promise<string>((resolve) => terminal.once("close", () => resolve("")));
  try {
    const question = `Type the host's name, ${host}, to replace these files: `;
    const answer = await Promise.race([terminal.question(question), closed]);
    if (answer.trim() !== host) throw new InterruptedError("not confirmed: nothing was done", { remedy });
  } finally {
    terminal.close();
  }
}
