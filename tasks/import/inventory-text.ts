/** Writes the sections as a few readable files by topic, with one host a line. */
import type { FileSet, RenderedFile } from "../core/file-set.ts";
import { TOOLS } from "../core/model.ts";
import { holdsSecret } from "../core/secret.ts";
import { isMap, type Value, type ValueMap } from "../core/value.ts";
import { toYaml } from "../core/yaml-text.ts";

const MODELINE = "# yaml-language-server: $schema=../cluster.schema.json";
const WIDTH = 120;

/** File → its sections, and the comment above them. */
const TOPICS: readonly (readonly [file: string, sections: readonly string[], comment: string])[] = [
  [
    "cluster",
    ["name", "domain", "orchestrator", "versions", "ssh", "etcd", "openshift"],
    "What the cluster is.",
  ],
  ["hosts", ["hosts"], "Every machine has one name, in every tool. The first control plane is set up first."],
  ["network", ["network"], "Networks, name servers, time servers, proxy."],
  ["load-balancing", ["api", "loadBalancer"], "The address of the API, and the load balancers."],
  ["storage", ["storage"], "Ceph."],
];

/**
 * The files of an inventory.
 * @param origin lines for the head of each file: the command that wrote it, and from what.
 * @returns path relative to the cluster's folder → file.
 */
export function inventoryText(tree: Readonly<Record<string, Value>>, origin: readonly string[]): FileSet {
  const files = new Map<string, RenderedFile>();
  const add = (file: string, comment: string, body: string, content: ValueMap) => {
    const head = [MODELINE, "#", ...origin.map((line) => `# ${line}`), "#", `# ${comment}`];
    files.set(`${file}.yml`, {
      content: `${head.join("\n")}\n\n${body}`,
      ...(holdsSecret(content) ? { mode: 0o600 } : {}),
    });
  };
  for (const [file, sections, comment] of TOPICS) {
    const present = sections.filter((section) => !isEmpty(tree[section]));
    if (present.length === 0) continue;
    const content = Object.fromEntries(present.map((section) => [section, tree[section] as Value]));
    add(file, comment, file === "hosts" ? hostLines(content.hosts as ValueMap) : spaced(content), content);
  }
  const tools = isMap(tree.tools) ? tree.tools : {};
  for (const tool of TOOLS) {
    const content = tools[tool];
    if (content === undefined || isEmpty(content)) continue;
    const tree = { tools: { [tool]: content } };
    add(
      tool,
      `Variables in ${tool === "custom" ? "the names of our own roles" : `${tool}'s own names`}, for settings without a section.`,
      toYaml(tree),
      tree,
    );
  }
  return files;
}

function isEmpty(value: Value | undefined): boolean {
  return value === undefined || (isMap(value) && Object.keys(value).length === 0);
}

/** A blank line before every map; single values stay together. */
function spaced(content: ValueMap): string {
  const parts = Object.entries(content).map(([key, value]) => ({
    text: toYaml({ [key]: value }),
    isApart: isMap(value),
  }));
  return parts.map(({ text, isApart }, index) => (isApart && index > 0 ? `\n${text}` : text)).join("");
}

function hostLines(hosts: ValueMap): string {
  const lines = Object.entries(hosts).map(([name, host]) => {
    const line = `  ${keyText(name)}: ${flow(host)}`;
    if (line.length <= WIDTH) return line;
    const block = toYaml({ [name]: host })
      .trimEnd()
      .split("\n");
    return block.map((one) => `  ${one}`).join("\n");
  });
  return `hosts:\n${lines.join("\n")}\n`;
}

function keyText(name: string): string {
  return toYaml({ [name]: null }).replace(/: null\n$/, "");
}

function flow(value: Value): string {
  if (Array.isArray(value)) return `[${value.map((item) => flow(item as Value)).join(", ")}]`;
  if (isMap(value)) {
    const entries = Object.entries(value).map(([key, item]) => `${flow(key)}: ${flow(item)}`);
    return entries.length === 0 ? "{}" : `{ ${entries.join(", ")} }`;
  }
  const text = toYaml(value).trimEnd();
  if (typeof value !== "string") return text;
  // Inside { } more characters have a meaning than outside: everything but a plain word gets quotes.
  return text === value && /^[\w./-]+$/.test(text) ? text : JSON.stringify(value);
}
