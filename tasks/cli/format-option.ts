/** Text for people, or JSON for programs. */
import { type OptionSpec, optionValue, type ParsedArguments } from "./task.ts";

export const FORMAT_OPTION = {
  format: {
    type: "string",
    choices: ["text", "json"],
    help: "print text for people or json for programs",
    default: "text",
  },
} as const satisfies Record<string, OptionSpec>;

export function wantsJson(args: ParsedArguments): boolean {
  return optionValue(args, "format") === "json";
}
