/** Commands and flags that pages name: does this version have them? */
import { splitArguments } from "../../../tasks/cli/parse.ts";
import type { Task } from "../../../tasks/cli/task.ts";
import { inlineCode, type Line, type Page } from "./page.ts";

export interface Commands {
  /** package.json's. */
  readonly scripts: Readonly<Record<string, string>>;
  /** By command. */
  readonly tasks: ReadonlyMap<string, Task>;
  /** Flags of other programs that pages name by themselves. */
  readonly foreignFlags: ReadonlySet<string>;
}

/** Every script, command and flag that is named and does not exist. */
export function unknownCommands(page: Page, commands: Commands): readonly Line[] {
  const code = [...inlineCode(page), ...page.blocks.flat()];
  const spans = code.flatMap(({ number, text }) => words(text).map((line) => ({ number, text: line })));
  return [
    ...spans.filter(({ text }) => !isKnown(text, commands)),
    ...inlineCode(page).filter(({ text }) => !isKnownByItself(text, commands)),
  ];
}

/** `npm run NAME …` and `bin/kube-magic.mjs NAME …` in a text, each up to what ends a command. */
function words(text: string): readonly string[] {
  const found = text.matchAll(
    /(?:npm run|kube-magic\.mjs) (?:-s |--silent )?(.*?)(?=\s{2,}|\s#|;|&&|\||$|, )/g,
  );
  return [...found].map(([, rest = ""]) => rest.trim());
}

function isKnown(line: string, commands: Commands): boolean {
  const [name = "", ...rest] = line.split(/\s+/);
  if (!/^[a-z][\w:-]*$/.test(name)) return true;
  const script = commands.scripts[name];
  if (script === undefined) return name === "" || commands.tasks.has(name);
  const [, command = ""] = /kube-magic\.mjs (\S+)/.exec(script) ?? [];
  return hasFlags(commands.tasks.get(command), rest);
}

/** `etcd:status`, `deploy:post -- --tags dns`, `--limit`: what looks like ours is ours. */
function isKnownByItself(text: string, commands: Commands): boolean {
  const [first = "", ...rest] = text.replace(/^\[-- /, "").split(/\s+/);
  if (/^--[a-z]/.test(first)) {
    const flags = flagsIn([first]);
    const ours = [...commands.tasks.values()];
    return flags.every((flag) => commands.foreignFlags.has(flag) || ours.some((task) => hasFlag(task, flag)));
  }
  if (!/^[a-z]+:[a-z-]+$/.test(first) && !commands.tasks.has(first)) return true;
  const groups = new Set([...commands.tasks.keys(), ...Object.keys(commands.scripts)].map(groupOf));
  if (!groups.has(groupOf(first))) return true;
  const [, command = first] = /kube-magic\.mjs (\S+)/.exec(commands.scripts[first] ?? "") ?? [];
  const task = commands.tasks.get(command);
  if (task === undefined) return commands.scripts[first] !== undefined;
  return hasFlags(task, rest);
}

function groupOf(name: string): string {
  return name.split(":")[0] ?? "";
}

/** @param argv from behind the command's name; `npm run` wants its own `--` first */
function hasFlags(task: Task | undefined, argv: readonly string[]): boolean {
  if (task === undefined) return true;
  const { own } = splitArguments(task, argv[0] === "--" ? argv.slice(1) : argv);
  return flagsIn(own).every((flag) => hasFlag(task, flag));
}

function flagsIn(rest: readonly string[]): readonly string[] {
  return rest.flatMap((word) => /^\[?(--[a-z][\w-]*)/.exec(word)?.[1] ?? []);
}

function hasFlag(task: Task, flag: string): boolean {
  return flag === "--help" || task.options[flag.slice(2)] !== undefined;
}
