/** Command line → ParsedArguments, with errors that name the nearest flag. */
import { parseArgs } from "node:util";
import { closest } from "../core/closest.ts";
import { InputError } from "../core/errors.ts";
import type { OptionSpec, ParsedArguments, Task } from "./task.ts";

/** @throws InputError for unknown flags, missing values and unexpected positionals. */
export function parseArguments(name: string, task: Task, argv: readonly string[]): ParsedArguments {
  const separator = argv.indexOf("--");
  const own = separator < 0 ? argv : argv.slice(0, separator);
  const rest = separator < 0 ? [] : argv.slice(separator + 1);
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
      throw usage(name, `${token.rawName} needs a value: ${token.rawName} ${spec.value ?? "VALUE"}`);
    }
    values.set(token.name, spec.multiple ? [...(values.get(token.name) ?? []), token.value] : [token.value]);
  }
  if (task.positionals === undefined && positionals.length > 0) {
    throw usage(name, `unexpected argument "${positionals[0]}"`);
  }
  return { flags, values, positionals, rest };
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
  return new InputError(`${name}: ${message}`, { remedy: `npm run ${name} -- --help lists its flags` });
}
