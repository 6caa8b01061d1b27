/** What a command is: data for the command line and for --help, and one function. */
import type { Session } from "../core/session.ts";
import type { ValueKindName } from "./value-kinds.ts";

/** What a shell can offer for a word: names that kube-magic looks up, files, or these words. */
export type Completion = "cluster" | "host" | "lab" | "lab-host" | "file" | "folder" | readonly string[];

export interface OptionSpec {
  readonly type: "boolean" | "string";
  readonly short?: string;
  readonly multiple?: boolean;
  /** A comma separates values as well; only with multiple. */
  readonly separated?: boolean;
  /** The only values that exist; another one is refused. Strings only. */
  readonly choices?: readonly string[];
  /** What every value must look like, where there are too many to list. Strings only. */
  readonly kind?: ValueKindName;
  /** The command cannot run without it. */
  readonly required?: boolean;
  /** Shown in --help after the flag, such as `HOST[,HOST]`; strings only. */
  readonly value?: string;
  /** What happens: starts with a verb; with the default it fits 70 characters. */
  readonly help: string;
  /** What holds without the option, in words for --help. Every string option that is not required has one. */
  readonly default?: string;
  readonly complete?: Completion;
}

/** The words after the flags. */
export interface PositionalSpec {
  /** As in the usage line: `HOST…` or `[PHASE…]`. */
  readonly usage: string;
  /** The only words that exist; another one is refused, and a comma separates them as well. */
  readonly choices?: readonly string[];
  readonly complete?: Completion;
}

export interface ParsedArguments {
  readonly flags: ReadonlySet<string>;
  /** Every value given for a string option, in order. */
  readonly values: ReadonlyMap<string, readonly string[]>;
  readonly positionals: readonly string[];
  /** What followed a bare `--`. */
  readonly rest: readonly string[];
}

/** A command, as --help and completion show it. */
export interface CommandEntry {
  readonly name: string;
  readonly group: string;
  readonly summary: string;
  readonly task: Task;
}

export interface TaskContext extends Session {
  readonly args: ParsedArguments;
  /** Runs another command as if the user had typed it. @returns its exit code. */
  runCommand(name: string, argv: readonly string[]): Promise<number>;
  /** Every command, in the order of --help. */
  allCommands(): Promise<readonly CommandEntry[]>;
}

export interface Task {
  readonly options: Readonly<Record<string, OptionSpec>>;
  /** Absent: the command takes no words beside its flags. */
  readonly positionals?: PositionalSpec;
  /** Everything from the first word on is the command of a host: none of it is read as our flags. */
  readonly commandFollows?: boolean;
  /** Paragraphs shown by --help under the usage line. Lines that begin with a blank are kept as they are. */
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
