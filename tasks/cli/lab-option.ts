/** The option that all lab commands but lab:up share: which lab. */

import { InputError } from "../core/errors.ts";
import { type OptionSpec, optionValue, type ParsedArguments } from "./task.ts";

export const LAB_OPTION: OptionSpec = {
  type: "string",
  value: "NAME",
  help: "choose the lab by the name in its topology file",
  default: "lab",
  complete: "lab",
};

/** @throws InputError for a name that no lab can have. */
export function chosenLab(args: ParsedArguments): string {
  const name = optionValue(args, "lab") ?? "lab";
  if (/^[a-z][a-z0-9-]{0,11}$/.test(name)) return name;
  throw new InputError(`"${name}" cannot be the name of a lab`, {
    remedy: "use the name from the topology file; npm run lab:status shows the lab that is called lab",
  });
}
