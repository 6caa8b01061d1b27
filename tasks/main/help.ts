/** Text of --help, for all commands and for one. */
import { type OptionSpec, type Task, valueName } from "../cli/task.ts";
import { REGISTRY } from "./registry.ts";

/** Characters of a line of prose. */
const WIDTH = 80;

export function overview(): string {
  const width = Math.max(...Object.keys(REGISTRY).map((name) => name.length)) + 2;
  const groups = new Map<string, string[]>();
  for (const [name, entry] of Object.entries(REGISTRY)) {
    const lines = groups.get(entry.group) ?? [];
    lines.push(`  ${name.padEnd(width)}${entry.summary}`);
    groups.set(entry.group, lines);
  }
  const body = [...groups].map(([group, lines]) => `${group}\n${lines.join("\n")}`).join("\n\n");
  return `kube-magic: Kubernetes or OpenShift on your own machines, from one inventory.

Usage: npm run COMMAND -- [flags]      (or bin/kube-magic.mjs COMMAND [flags])

${body}

npm run COMMAND -- --help   explains one command.
Exit codes: 0 done, 1 our bug, 2 invalid input, 3 preflight or gate, 4 vendor,
5 a phase failed, 6 locked, 130 interrupted.
`;
}

export function taskHelp(name: string, task: Task): string {
  const rows = Object.entries(task.options).map(
    ([key, spec]) => [flag(key, spec), optionHelp(spec)] as const,
  );
  rows.push(["-h, --help", "print this text"]);
  const width = Math.max(...rows.map(([left]) => left.length)) + 2;
  const words = task.positionals === undefined ? "" : ` ${task.positionals.usage}`;
  return `Usage: npm run ${name} -- [flags]${words}

${prose(task.description)}
${choiceLines(task)}
${rows.map(([left, help]) => `  ${left.padEnd(width)}${help}`).join("\n")}
`;
}

/** What the words in capitals can be, where that is a fixed set; between empty lines. */
function choiceLines({ positionals, options }: Task): string {
  const sets = new Map<string, string>();
  for (const { usage, choices } of [
    ...(positionals === undefined ? [] : [positionals]),
    ...Object.values(options).map(({ value = "", choices }) => ({ usage: value, choices })),
  ]) {
    const word = /[A-Z]+/.exec(usage)?.[0];
    if (word !== undefined && choices !== undefined) sets.set(word, wrap(`${word}: ${choices.join(", ")}`));
  }
  return sets.size === 0 ? "" : `\n${[...sets.values()].join("\n")}\n`;
}

/** The effect and the default, on one line. */
export function optionHelp({ help, required, default: preset }: OptionSpec): string {
  if (required === true) return `${help}; required`;
  return preset === undefined ? help : `${help}; default: ${preset}`;
}

function flag(key: string, spec: OptionSpec): string {
  const short = spec.short === undefined ? "    " : `-${spec.short}, `;
  return `${short}--${key}${spec.type === "string" ? ` ${valueName(spec)}` : ""}`;
}

/** Lines that follow each other are one paragraph; an empty line and one that begins with a blank stay as they are. */
function prose(text: string): string {
  const blocks: string[] = [];
  let isOpen = false;
  for (const line of text.split("\n")) {
    const isProse = line !== "" && !line.startsWith(" ");
    if (isProse && isOpen) blocks[blocks.length - 1] += ` ${line}`;
    else blocks.push(line);
    isOpen = isProse;
  }
  return blocks.map((block) => (block.startsWith(" ") ? block : wrap(block))).join("\n");
}

/** In lines of at most WIDTH characters. */
function wrap(paragraph: string): string {
  const lines: string[] = [];
  for (const word of paragraph.split(" ")) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= WIDTH)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines.join("\n");
}
