/** The one way to ask: yes, or a name to type. Without a terminal an option answers beforehand. */
import { createInterface } from "node:readline/promises";
import { InputError, InterruptedError } from "../core/errors.ts";
import type { Question, TypedCommand } from "../core/session.ts";
import { shellWord } from "../core/shell-words.ts";
import { type OptionSpec, optionValue, type ParsedArguments } from "./task.ts";

/** For commands that ask a question. */
export const YES_OPTION = {
  yes: { type: "boolean", short: "y", help: "answer yes to the question before it is asked" },
} as const satisfies Record<string, OptionSpec>;

/** For commands that ask for a name to be typed. */
export const confirmNameOption = (what: "cluster" | "host") =>
  ({
    confirm: {
      type: "string",
      value: what === "cluster" ? "NAME" : "HOST",
      help: `confirm with the ${what}'s name instead of typing it`,
      default: "ask",
      complete: what,
    },
  }) as const satisfies Record<string, OptionSpec>;

/** Where the question is written and the answer is read. */
export interface Terminal {
  readonly input: NodeJS.ReadableStream;
  readonly output: NodeJS.WritableStream;
}

export interface Asker {
  readonly typed: TypedCommand;
  readonly args: ParsedArguments;
  /** Absent: nobody can answer. */
  readonly terminal: Terminal | undefined;
}

/** @throws InputError without a terminal and without the option; InterruptedError for any answer but the right one. */
export async function confirm(question: Question, { typed, args, terminal }: Asker): Promise<void> {
  if (isAnswered(question, args, typed)) return;
  const option = question.kind === "name" ? `--confirm ${shellWord(question.name)}` : "--yes";
  const remedy = withOption(typed.line, option);
  if (terminal === undefined)
    throw new InputError(
      "this command asks before it changes anything, and no terminal is here to answer on",
      {
        remedy,
      },
    );
  const answer = await ask(`${question.text} ${question.kind === "yes" ? "[y/N] " : ""}`, terminal);
  if (question.kind === "name" ? answer === question.name : /^y(es)?$/i.test(answer)) return;
  throw new InterruptedError("not confirmed; nothing was changed", { remedy });
}

/** @throws InputError for the name of something else */
function isAnswered(question: Question, args: ParsedArguments, typed: TypedCommand): boolean {
  if (question.kind === "yes") return args.flags.has("yes");
  const given = optionValue(args, "confirm");
  if (given === undefined || given === question.name) return given !== undefined;
  throw new InputError(`--confirm ${given} does not match: this command would change ${question.name}`, {
    output: "Nothing was changed.",
    remedy: `if you mean ${question.name}: ${typed.line.replace(`--confirm ${shellWord(given)}`, `--confirm ${shellWord(question.name)}`)}`,
  });
}

function withOption(line: string, option: string): string {
  return line.includes(" -- ") ? `${line} ${option}` : `${line} -- ${option}`;
}

async function ask(text: string, { input, output }: Terminal): Promise<string> {
  const lines = createInterface({ input, output });
  const closed = new Promise<string>((resolve) => lines.once("close", () => resolve("")));
  try {
    return (await Promise.race([lines.question(text), closed])).trim();
  } finally {
    lines.close();
  }
}
