/** The one way to ask: yes, or a name to type. Off a terminal nobody can answer, so an option has to. */
import { createInterface } from "node:readline/promises";
import { InputError, InterruptedError } from "../core/errors.ts";
import type { Question } from "../core/session.ts";
import { type OptionSpec, optionValue, type ParsedArguments } from "./task.ts";

/** For commands that ask a question. */
export const YES_OPTION = {
  yes: { type: "boolean", short: "y", help: "answer the question with yes beforehand" },
} as const satisfies Record<string, OptionSpec>;

/** For commands that want a name typed. */
export const confirmNameOption = (what: "cluster" | "host") =>
  ({
    confirm: {
      type: "string",
      value: what === "cluster" ? "NAME" : "HOST",
      help: `the ${what}'s name, instead of typing it when asked`,
    },
  }) as const satisfies Record<string, OptionSpec>;

export interface Asker {
  readonly command: string;
  readonly args: ParsedArguments;
  readonly isTerminal: boolean;
}

/** @throws InputError off a terminal without the option; InterruptedError for any answer but the right one. */
export async function confirm(question: Question, { command, args, isTerminal }: Asker): Promise<void> {
  if (isAnswered(question, args)) return;
  const option = question.kind === "name" ? `--confirm ${question.name}` : "--yes";
  if (!isTerminal || process.stdin.isTTY !== true)
    throw new InputError(`${command} asks before it changes anything, and this is not a terminal`, {
      remedy: `add ${option} to the command`,
    });
  const answer = await ask(`${question.text} ${question.kind === "yes" ? "[y/N] " : ""}`);
  if (question.kind === "name" ? answer === question.name : /^y(es)?$/i.test(answer)) return;
  throw new InterruptedError("not confirmed: nothing was changed", {
    remedy: `repeat the command, or add ${option}`,
  });
}

function isAnswered(question: Question, args: ParsedArguments): boolean {
  if (question.kind === "yes") return args.flags.has("yes");
  const given = optionValue(args, "confirm");
  if (given === undefined || given === question.name) return given !== undefined;
  throw new InputError(`--confirm ${given}: the name to confirm is ${question.name}`, {
    remedy: "nothing was changed; check that this is the cluster or host that you mean",
  });
}

async function ask(text: string): Promise<string> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const closed = new Promise<string>((resolve) => terminal.once("close", () => resolve("")));
  try {
    return (await Promise.race([terminal.question(text), closed])).trim();
  } finally {
    terminal.close();
  }
}
