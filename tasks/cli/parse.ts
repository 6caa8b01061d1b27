/** Command line → ParsedArguments, with errors that name the nearest flag. */
import { parseArgs } from "node:util";
import { closest } from "../core/closest.ts";
import { InputError } from "../core/errors.ts";
import { namesIn, type OptionSpec, type ParsedArguments, type Task, valueName } from "./task.ts";
import { VALUE_KINDS } from "./value-kinds.ts";

/** What is ours to read, and what is passed on: after a bare `--`, or the command that follows a positional. */
export function splitArguments(
  task: Task,
  argv: readonly string[],
): { readonly own: readonly string[]; readonly rest: readonly string[] } {
  for (let at = 0; at < argv.length; at += 1) {
    const word = argv[at] ?? "";
    if (word === "--") return { own: argv.slice(0, at), rest: argv.slice(at + 1) };
    if (!task.commandFollows) continue;
    if (!word.startsWith("-")) return { own: argv.slice(0, at), rest: withoutSeparator(argv.slice(at)) };
    if (!word.includes("=") && task.options[word.replace(/^-+/, "")]?.type === "string") at += 1;
  }
  return { own: argv, rest: [] };
}

/** `HOST -- COMMAND` is `HOST COMMAND`. */
function withoutSeparator(words: readonly string[]): readonly string[] {
  return words[1] === "--" ? [...words.slice(0, 1), ...words.slice(2)] : words;
}

/** @throws InputError for unknown flags, missing or wrong values and unexpected words. */
export function parseArguments(name: string, task: Task, argv: readonly string[]): ParsedArguments {
  const { own, rest } = splitArguments(task, argv);
  const flags = new Set<string>();
  const values = new Map<string, string[]>();
  const positionals: string[] = [];
  const { tokens } = parseArgs({
    args: [...own],
    options: Object.fromEntries(Object.entries(task.options).map(([key, spec]) => [key, nodeOption(spec)])),
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  for (const token of tokens) {
    if (token.kind === "positional") positionals.push(token.value);
    if (token.kind !== "option") continue;
    const spec = task.options[token.name];
    if (spec === undefined) throw unknownFlag(name, task, token.rawName);
    if (spec.type === "boolean") {
      if (token.value !== undefined) throw usage(name, `${token.rawName} takes no value`);
      flags.add(token.name);
      continue;
    }
    if (token.value === undefined || (!token.inlineValue && token.value.startsWith("-"))) {
      throw usage(name, `${token.rawName} needs a value: ${token.rawName} ${valueName(spec)}`);
    }
    const given = spec.separated ? token.value.split(",").filter((one) => one !== "") : [token.value];
    for (const one of given) requireFit(name, token.rawName, spec, one);
    values.set(token.name, spec.multiple ? [...(values.get(token.name) ?? []), ...given] : given);
  }
  requireGiven(name, task, values);
  return { flags, values, positionals: acceptedWords(name, task, positionals), rest };
}

function acceptedWords(name: string, { positionals }: Task, words: readonly string[]): readonly string[] {
  const [first] = words;
  if (positionals === undefined && first !== undefined) throw usage(name, `unexpected argument "${first}"`);
  const choices = positionals?.choices;
  if (choices === undefined) return words;
  const names = namesIn(words);
  for (const word of names)
    if (!choices.includes(word))
      throw notAmong(`${name}: unknown ${nounOf(positionals?.usage)}`, word, choices);
  return names;
}

/** @throws InputError for a value that is not among the choices, or not of its kind. */
function requireFit(name: string, flag: string, spec: OptionSpec, value: string): void {
  const { choices, kind } = spec;
  if (choices !== undefined && !choices.includes(value))
    throw notAmong(`${name}: ${flag}: unknown ${nounOf(spec.value)}`, value, choices);
  if (kind === undefined) return;
  const { accepts, what, example } = VALUE_KINDS[kind];
  if (!accepts(value))
    throw new InputError(`${name}: ${flag} "${value}" is not ${what}`, {
      remedy: `for example: ${flag} ${example}`,
    });
}

function requireGiven(name: string, task: Task, values: ReadonlyMap<string, readonly string[]>): void {
  for (const [key, spec] of Object.entries(task.options)) {
    if (spec.required !== true || values.has(key)) continue;
    const choices = spec.choices === undefined ? "" : `, one of: ${spec.choices.join(", ")}`;
    throw new InputError(`${name}: --${key} is missing`, {
      remedy: `add --${key} ${spec.value ?? "VALUE"}${choices}`,
    });
  }
}

/** `[PHASE…]` → phase; what a message calls one of the words. */
function nounOf(usage = "VALUE"): string {
  return /[A-Z]+/.exec(usage)?.[0]?.toLowerCase() ?? "value";
}

function notAmong(what: string, value: string, choices: readonly string[]): InputError {
  const near = closest(value, choices);
  return new InputError(`${what} "${value}"${near === undefined ? "" : `, did you mean "${near}"?`}`, {
    remedy: `choose from: ${choices.join(", ")}`,
  });
}

function nodeOption(spec: OptionSpec) {
  return { type: spec.type, ...(spec.short === undefined ? {} : { short: spec.short }) };
}

function unknownFlag(name: string, task: Task, rawName: string): InputError {
  const near = closest(rawName.replace(/^-+/, ""), Object.keys(task.options));
  const hint = near === undefined ? "" : `, did you mean --${near}?`;
  return usage(name, `unknown flag ${rawName}${hint}`);
}

function usage(name: string, message: string): InputError {
  return new InputError(`${name}: ${message}`, { remedy: `npm run ${name} -- --help` });
}
