/**
 * Expands host ranges: `compute[1:4]` with `ip: 10.42.253.[20:23]` → four hosts. Each layer is expanded before the merge,
 * so that a later layer can override a single host.
 */
import type { Problem } from "../../core/problem.ts";
import type { MapEntry, MapNode, Place, YamlNode } from "../../io/yaml.ts";
import { problemAtNode } from "../problems/problem-places.ts";

const RANGE = /\[(\d+):(\d+)\]/;
const MOST_HOSTS = 50_000;

/** Fields of a host in which a range counts with the range in the name. */
const COUNTING_FIELDS: ReadonlySet<string> = new Set(["ip", "ip6", "address", "zone"]);

/** The texts of a range, or what is wrong with it. */
export type Expansion =
  | { readonly items: readonly string[]; readonly complaint?: undefined }
  | { readonly items?: undefined; readonly complaint: string };

/** All texts that a text with one range means. Keeps the width of the first number: `[08:12]` → 08, 09, 10, 11, 12. */
export function expandRange(text: string): Expansion {
  const found = RANGE.exec(text);
  if (found === null || RANGE.test(text.slice(found.index + found[0].length))) {
    return {
      complaint: found === null ? `"${text}" has no range of the form [1:4]` : "it has more than one range",
    };
  }
  const [range, first = "", last = ""] = found;
  const from = Number(first);
  const to = Number(last);
  if (to < from) return { complaint: `${range} counts backwards` };
  if (to - from >= MOST_HOSTS) return { complaint: `${range} means more than ${MOST_HOSTS} hosts` };
  if (last.length < first.length || (last.startsWith("0") && last.length !== first.length)) {
    return { complaint: `the numbers of ${range} have different widths` };
  }
  const before = text.slice(0, found.index);
  const after = text.slice(found.index + range.length);
  const width = first.length;
  const items: string[] = [];
  for (let number = from; number <= to; number += 1) {
    items.push(before + String(number).padStart(width, "0") + after);
  }
  return { items };
}

/** A layer without ranges. */
export interface Expanded {
  readonly root: MapNode;
  readonly problems: readonly Problem[];
}

/** Replaces the ranges in `hosts` and in `tools.<tool>.hosts` by the hosts that they mean. */
export function expandHosts(root: MapNode): Expanded {
  const problems: Problem[] = [];
  const complain = (place: Place, code: string, message: string, remedy: string): void => {
    problems.push(problemAtNode(place, { code, message, remedy }));
  };
  const expanded = replace(root, "hosts", (hosts) => expandMap(hosts, expandHost, complain));
  const withTools = replace(expanded, "tools", (tools) => {
    const entries = [...tools.entries].map(([tool, entry]) => {
      const variables = entry.value;
      if (variables.kind !== "map") return [tool, entry] as const;
      const value = replace(variables, "hosts", (hosts) => expandMap(hosts, copyHost, complain));
      return [tool, { ...entry, value }] as const;
    });
    return { ...tools, entries: new Map(entries) };
  });
  return { root: withTools, problems };
}

type Complain = (place: Place, code: string, message: string, remedy: string) => void;
/** Makes the value of the index-th of `count` hosts. */
type ExpandValue = (value: YamlNode, count: number, complain: Complain) => (index: number) => YamlNode;

function replace(map: MapNode, name: string, change: (child: MapNode) => MapNode): MapNode {
  const entry = map.entries.get(name);
  if (entry === undefined || entry.value.kind !== "map") return map;
  return { ...map, entries: new Map(map.entries).set(name, { ...entry, value: change(entry.value) }) };
}

function expandMap(hosts: MapNode, expandValue: ExpandValue, complain: Complain): MapNode {
  const entries = new Map<string, MapEntry>();
  const declaredAs = new Map<string, string>();
  for (const [name, { key, value }] of hosts.entries) {
    const names = /[[\]]/.test(name) ? expandRange(name) : { items: [name] };
    if (names.items === undefined) {
      complain(
        key,
        "KM110",
        `the host range ${name}: ${names.complaint}`,
        "write it as name[1:4] or name[01:12]",
      );
      continue;
    }
    const isRange = names.items[0] !== name;
    const makeValue = isRange ? expandValue(value, names.items.length, complain) : single(value, complain);
    names.items.forEach((host, index) => {
      const other = declaredAs.get(host);
      if (other !== undefined) {
        if (index === 0 || !isRange) complain(key, "KM113", ...twice(host, name, other));
        return;
      }
      declaredAs.set(host, name);
      entries.set(host, { key, value: makeValue(index) });
    });
  }
  return { ...hosts, entries };
}

function twice(host: string, one: string, other: string): [string, string] {
  return [`the host ${host} is declared twice in this file: by ${other} and by ${one}`, "remove one of them"];
}

const copyHost: ExpandValue = (value) => () => value;

/** A host without a range in its name: a range in a field has nothing to count with. */
function single(value: YamlNode, complain: Complain): (index: number) => YamlNode {
  if (value.kind === "map") {
    for (const name of COUNTING_FIELDS) {
      const field = value.entries.get(name)?.value;
      if (field?.kind === "scalar" && typeof field.value === "string" && RANGE.test(field.value)) {
        complain(
          field,
          "KM111",
          `${name} is a range, but the host's name has no range`,
          "write a range in the name too, such as worker[1:4]",
        );
      }
    }
  }
  return () => value;
}

const expandHost: ExpandValue = (value, count, complain) => {
  if (value.kind !== "map") return () => value;
  const counting = new Map<string, readonly string[]>();
  for (const name of COUNTING_FIELDS) {
    const field = value.entries.get(name)?.value;
    if (field?.kind !== "scalar" || typeof field.value !== "string") continue;
    if (!RANGE.test(field.value)) {
      if (name !== "zone") {
        complain(
          field,
          "KM112",
          `${count} hosts cannot share one ${name}`,
          `write a range: ${name}: "${field.value.replace(/\d+$/, "[1:4]")}"`,
        );
      }
      continue;
    }
    const { items, complaint } = expandRange(field.value);
    if (items?.length === count) counting.set(name, items);
    else {
      const message = complaint ?? `${name} has ${items?.length} addresses for ${count} hosts`;
      complain(
        field,
        complaint === undefined ? "KM112" : "KM110",
        message,
        "give both ranges the same length",
      );
    }
  }
  return (index) => {
    const entries = new Map(value.entries);
    for (const [name, items] of counting) {
      const entry = entries.get(name);
      if (entry === undefined || entry.value.kind !== "scalar") continue;
      entries.set(name, { key: entry.key, value: { ...entry.value, value: items[index] ?? "" } });
    }
    return { ...value, entries };
  };
};
