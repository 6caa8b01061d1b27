/** A question on the terminal; elsewhere there is nobody to ask, and the command line was the consent. */
import { createInterface } from "node:readline/promises";
import type { TaskContext } from "../cli/task.ts";
import { InterruptedError } from "../core/errors.ts";

/** @throws InterruptedError unless the answer is yes. */
export async function confirm(context: TaskContext, question: string): Promise<void> {
  if (!context.isTerminal || process.stdin.isTTY !== true) return;
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const closed = new Promise<string>((resolve) => terminal.once("close", () => resolve("")));
  try {
    const answer = await Promise.race([terminal.question(`${question} [y/N] `), closed]);
    if (/^y(es)?$/i.test(answer.trim())) return;
  } finally {
    terminal.close();
  }
  throw new InterruptedError("not confirmed: nothing was done", { remedy: "--yes answers the question" });
}
