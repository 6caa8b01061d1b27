/** The option that all lab commands but lab:up share: which lab. */

import { InputError } from "../core/errors.ts";
import { type OptionSpec, optionValue, type ParsedArguments } from "./task.ts";

export const LAB_OPTION: OptionSpec = {
  type: "string",
  value: "NAME",
  help: 'which lab, by the name in its topology file (default: "lab")',
};

/** @throws InputError for a name that no lab can have. */
export function chosenLab(args: ParsedArguments): string {
  const name = optionValue(args, "lab") ?? "lab";
  if (/^[a-z][a-z0-9-]{0,11}$/.test(name)) return name;
  throw new InputError(`"${name}" is no lab's name`, { remedy: "Give the name from its topology file." });
}
