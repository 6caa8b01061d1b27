/**
 * The host file of an inventory, hosts.yml. Its content is JSON, which is also YAML: Ansible tries its JSON decoder first,
 * with less than half the time and about half the memory of block YAML (docs/decisions/0001). One host a line keeps diffs
 * short.
 */
import { toJsonText } from "../core/json-text.ts";
import type { ValueMap } from "../core/value.ts";
import { toYaml } from "../core/yaml-text.ts";
import type { Group } from "./tool-inventory.ts";

const WIDTH = 110;

/** The content of a host file. */
export interface HostsDocument {
  /** Variables of the group `all`. */
  readonly shared: ValueMap;
  readonly hosts: Iterable<readonly [name: string, variables: ValueMap]>;
  readonly groups: Readonly<Record<string, Group>>;
}

/** The host file as JSON. */
export function jsonHosts({ hosts, shared, groups }: HostsDocument): string {
  const lines = ['{"all": {'];
  lines.push(
    '  "vars": {',
    ...members(Object.entries(shared).map(([key, value]) => pair(key, toJsonText(value)))),
  );
  lines.push(
    "  },",
    '  "hosts": {',
    ...members(Array.from(hosts, ([name, vars]) => pair(name, toJsonText(vars)))),
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
  const length = sections.reduce(
    (sum, [key, names]) => sum + key.length + names.reduce((total, one) => total + one.length + 10, 6),
    name.length + 8,
  );
  const isShort = length <= WIDTH;
  const [open, between, close] = isShort ? ["{", ", ", "}"] : ["{\n      ", ",\n      ", "\n    }"];
  const texts = sections.map(([key, names]) =>
    pair(key, open + names.map((one) => pair(one, "null")).join(between) + close),
  );
  return pair(name, `{${texts.join(", ")}}`);
}

function sectionsOf(group: Group): ["hosts" | "children", readonly string[]][] {
  const sections: ["hosts" | "children", readonly string[]][] = [];
  if (group.children !== undefined && group.children.length > 0) sections.push(["children", group.children]);
  if (group.hosts !== undefined && group.hosts.length > 0) sections.push(["hosts", group.hosts]);
  return sections;
}

/** The host file as block YAML, for a map with a key such as `__ansible_unsafe`, which Ansible's JSON cannot carry. */
export function yamlHosts({ hosts, shared, groups }: HostsDocument): string {
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
