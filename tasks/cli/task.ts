/** What a task script is: data for the command line, and one function. */
import type { Session } from "../core/session.ts";

export interface OptionSpec {
  readonly type: "boolean" | "string";
  readonly short?: string;
  readonly multiple?: boolean;
  /** A comma separates values as well; only with multiple. */
  readonly separated?: boolean;
  /** The only values there are; another one is refused. Strings only. */
  readonly choices?: readonly string[];
  /** Shown in --help after the flag, such as `HOST[,HOST]`; strings only. */
  readonly value?: string;
  readonly help: string;
}

export interface ParsedArguments {
  readonly flags: ReadonlySet<string>;
  /** Every value given for a string option, in order. */
  readonly values: ReadonlyMap<string, readonly string[]>;
  readonly positionals: readonly string[];
  /** What followed a bare `--`. */
  readonly rest: readonly string[];
}

export interface TaskContext extends Session {
  readonly args: ParsedArguments;
  /** Runs another command as if the user had typed it. @returns its exit code. */
  runCommand(name: string, argv: readonly string[]): Promise<number>;
}

export interface Task {
  readonly options: Readonly<Record<string, OptionSpec>>;
  /** Usage of the positional arguments, such as `<path>` or `[HOST]`; absent: none are taken. */
  readonly positionals?: string;
  /** Everything from the first positional on is somebody else's command: none of it is read as our flags. */
  readonly commandFollows?: boolean;
  /** Paragraph shown by --help under the usage line. */
  readonly description: string;
  /** Returns the exit code, 0 when nothing is returned. Throws a KubeMagicError for a user's mistake. */
  run(context: TaskContext): Promise<number | undefined>;
}

/** The last value given for a string option. */
export function optionValue(args: ParsedArguments, name: string): string | undefined {
  return args.values.get(name)?.at(-1);
}

/** What stands for the value in --help. */
export function valueName({ value, choices }: OptionSpec): string {
  return value ?? choices?.join("|") ?? "VALUE";
}

/** Names given as words, or as one word with commas; without repeats. */
export function namesIn(words: readonly string[]): readonly string[] {
  return [...new Set(words.flatMap((word) => word.split(",")).filter((word) => word !== ""))];
}
