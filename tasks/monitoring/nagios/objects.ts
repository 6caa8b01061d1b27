/** Nagios' own language: objects as data, and their text. */
import { shellWord } from "../../core/shell-words.ts";

export interface NagiosObject {
  readonly kind:
    | "command"
    | "contact"
    | "contactgroup"
    | "host"
    | "hostgroup"
    | "service"
    | "servicedependency"
    | "timeperiod";
  /** In the order of writing; undefined and empty lists are left out. */
  readonly fields: Readonly<Record<string, Field>>;
}
export type Field = string | number | readonly string[] | undefined;

export function objectsText(header: string, objects: readonly NagiosObject[]): string {
  return `${header}\n${objects.map(objectText).join("\n")}`;
}

function objectText({ kind, fields }: NagiosObject): string {
  const lines = Object.entries(fields).flatMap(([name, field]) => {
    if (field === undefined || (Array.isArray(field) && field.length === 0)) return [];
    const text = Array.isArray(field) ? field.join(",") : String(field);
    return [`    ${name.padEnd(28)} ${escaped(text)}\n`];
  });
  return `define ${kind} {\n${lines.join("")}}\n`;
}

/** A semicolon starts a comment anywhere in a line. */
function escaped(text: string): string {
  return text.replaceAll(";", "\\;");
}

/** A word of a check_command: `!` separates words, `$` starts a macro. */
export function argument(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll("!", "\\!").replaceAll("$", "$$$$");
}

/** A word of a command line, which a shell reads once Nagios has put its macros (`$HOSTADDRESS$`) in: those get no quotes. */
export function commandWord(text: string): string {
  return /^[\w@%+=:,./$-]+$/.test(text) ? text : shellWord(text);
}
