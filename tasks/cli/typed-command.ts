/** Parsed arguments → the command as a line that people can paste. Options have their long names. */
import type { TypedCommand } from "../core/session.ts";
import { shellWord } from "../core/shell-words.ts";
import type { ParsedArguments, Task } from "./task.ts";

/** Values of these may be secret: of `a.b=c` the path is shown, of extra variables nothing. */
const HIDDEN: Readonly<Record<string, (value: string) => string>> = {
  set: (value) => `${value.split("=", 1)[0]}=…`,
  "extra-vars": () => "…",
};

export function typedCommand(name: string, task: Pick<Task, "options">, args: ParsedArguments): TypedCommand {
  const { positionals } = args;
  const given = optionWords(args);
  // What was only planned is repeated for real.
  const repeated = given.filter((word) => word !== "--plan");
  const resume = task.options.resume === undefined || args.flags.has("resume") ? [] : ["--resume"];
  return {
    command: [name, ...positionals.map(shellWord), ...given].join(" "),
    line: npmLine(name, positionals, repeated),
    resumeLine: npmLine(name, positionals, [...repeated, ...resume]),
  };
}

function optionWords({ flags, values }: ParsedArguments): readonly string[] {
  const valued = [...values].flatMap(([key, given]) =>
    given.flatMap((value) => [`--${key}`, HIDDEN[key]?.(value) ?? shellWord(value)]),
  );
  return [...valued, ...[...flags].map((flag) => `--${flag}`)];
}

function npmLine(name: string, positionals: readonly string[], options: readonly string[]): string {
  const [phase, ...others] = positionals;
  const isOnePhase = name === "deploy" && phase !== undefined && others.length === 0;
  const script = isOnePhase ? `deploy:${phase}` : name;
  const words = [...(isOnePhase ? [] : positionals.map(shellWord)), ...options];
  return ["npm run", script, ...(words.length === 0 ? [] : ["--", ...words])].join(" ");
}
