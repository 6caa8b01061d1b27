/**
 * The host file of an inventory. It is YAML to look at and JSON to read: Ansible tries its JSON decoder first, which
 * takes a third of the time and memory of block YAML (docs/decisions/0001). One host a line, so that diffs are short.
 */
import { hasDecoderKeys, toJsonText } from "../core/json-text.ts";
import type { ValueMap } from "../core/value.ts";
import { toYaml } from "../core/yaml-text.ts";
import type { Group, ToolInventory } from "./tool-inventory.ts";

const WIDTH = 110;

export function hostsDocument({ hosts, shared, groups }: Omit<ToolInventory, "variables">): string {
  if ([shared, ...hosts.values()].some(hasDecoderKeys)) return asYaml(hosts, shared, groups);
  const lines = ['{"all": {'];
  lines.push(
    '  "vars": {',
    ...members(Object.entries(shared).map(([key, value]) => pair(key, toJsonText(value)))),
  );
  lines.push(
    "  },",
    '  "hosts": {',
    ...members([...hosts].map(([name, vars]) => pair(name, toJsonText(vars)))),
  );
  lines.push(
    "  },",
    '  "children": {',
    ...members(Object.entries(groups).map(([name, group]) => groupText(name, group))),
  );
  lines.push("  }", "}}", "");
  return lines.join("\n");
}

function pair(key: string, text: string): string {
  return `${JSON.stringify(key)}: ${text}`;
}

function members(texts: readonly string[]): string[] {
  return texts.map((text, index) => `    ${text}${index < texts.length - 1 ? "," : ""}`);
}

/** On one line when it fits, otherwise one member a line. */
function groupText(name: string, group: Group): string {
  const sections = sectionsOf(group);
  const inline = pair(
    name,
    `{${sections.map(([key, names]) => pair(key, `{${names.map((one) => pair(one, "null")).join(", ")}}`)).join(", ")}}`,
  );
  if (inline.length <= WIDTH) return inline;
  const blocks = sections.map(
    ([key, names]) =>
      `${pair(key, "{")}\n${names.map((one) => `      ${pair(one, "null")}`).join(",\n")}\n    }`,
  );
  return pair(name, `{${blocks.join(", ")}}`);
}

function sectionsOf(group: Group): ["hosts" | "children", readonly string[]][] {
  const sections: ["hosts" | "children", readonly string[]][] = [];
  if (group.children !== undefined && group.children.length > 0) sections.push(["children", group.children]);
  if (group.hosts !== undefined && group.hosts.length > 0) sections.push(["hosts", group.hosts]);
  return sections;
}

/** For the one thing that Ansible's JSON cannot say: a mapping with a key such as `__ansible_unsafe`. */
function asYaml(hosts: ToolInventory["hosts"], shared: ValueMap, groups: ToolInventory["groups"]): string {
  const children = Object.entries(groups).map(([name, group]) => [
    name,
    Object.fromEntries(
      sectionsOf(group).map(([key, names]) => [key, Object.fromEntries(names.map((one) => [one, null]))]),
    ),
  ]);
  return toYaml({
    all: { vars: shared, hosts: Object.fromEntries(hosts), children: Object.fromEntries(children) },
  });
}
