/** Text of --help, for all commands and for one. */

import { type OptionSpec, type Task, valueName } from "../cli/task.ts";
import { REGISTRY } from "./registry.ts";

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
`;
}

export function taskHelp(name: string, task: Task): string {
  const rows = Object.entries(task.options).map(([key, spec]) => [flag(key, spec), spec.help] as const);
  rows.push(["-h, --help", "this text"]);
  const width = Math.max(...rows.map(([left]) => left.length)) + 2;
  const usage = ["npm run", name, "--", "[flags]", task.positionals].filter(Boolean).join(" ");
  return `Usage: ${usage}

${task.description}

${rows.map(([left, help]) => `  ${left.padEnd(width)}${help}`).join("\n")}
`;
}

function flag(key: string, spec: OptionSpec): string {
  const short = spec.short === undefined ? "    " : `-${spec.short}, `;
  return `${short}--${key}${spec.type === "string" ? ` ${valueName(spec)}` : ""}`;
}
