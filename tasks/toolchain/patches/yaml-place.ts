/** Finding a task or a key in a YAML text, and the stretch of text that it takes. */
import { Float, isMap, Tagged, type Value } from "../../core/value.ts";
import { type MapEntry, type MapNode, readYaml, SourceText, type YamlNode } from "../../io/yaml.ts";
import type { Place } from "./schema.ts";

export interface Found {
  /** The map that holds the key. */
  readonly map: MapNode;
  readonly key: string;
  /** Absent when the map has no such key. */
  readonly entry?: MapEntry;
}

export type Finding = { readonly found: Found } | { readonly problem: string };

/** Reads a file of a tool: what our own inventories must not have (a tab, a second document) does not matter here. */
export function parseTree(file: string, text: string): YamlNode | { readonly problem: string } {
  const { root, problems } = readYaml(new SourceText(file, text));
  if (root !== undefined) return root;
  return { problem: problems[0]?.message ?? "the file is empty" };
}

export function findPlace(root: YamlNode, { task, key = [] }: Place): Finding {
  let node = root;
  if (task !== undefined) {
    const tasks = tasksNamed(root, task);
    const [only] = tasks;
    if (only === undefined) return { problem: `there is no task "${task}"` };
    if (tasks.length > 1) return { problem: `there are ${tasks.length} tasks "${task}"` };
    node = only;
  }
  for (const part of key.slice(0, -1)) {
    const next = node.kind === "map" ? node.entries.get(String(part))?.value : childAt(node, part);
    if (next === undefined) return { problem: `there is no ${key.join(".")}` };
    node = next;
  }
  if (node.kind !== "map") return { problem: `${key.join(".")} is not in a map` };
  const name = String(key.at(-1));
  const entry = node.entries.get(name);
  return { found: { map: node, key: name, ...(entry === undefined ? {} : { entry }) } };
}

function childAt(node: YamlNode, part: string | number): YamlNode | undefined {
  return node.kind === "list" ? node.items[Number(part)] : undefined;
}

/** Maps in lists (tasks, blocks, handlers, plays) that have this name. */
function tasksNamed(node: YamlNode, name: string): MapNode[] {
  if (node.kind === "scalar") return [];
  if (node.kind === "map") return [...node.entries.values()].flatMap(({ value }) => tasksNamed(value, name));
  return node.items.flatMap((item) => {
    if (item.kind !== "map") return tasksNamed(item, name);
    const own = item.entries.get("name")?.value;
    const nested = tasksNamed(item, name);
    return own?.kind === "scalar" && own.value === name ? [item, ...nested] : nested;
  });
}

/** Where the text of an entry's value begins (with the | or > of a block) and ends, line breaks after it left out. */
export function valueSpan(text: string, entry: MapEntry): readonly [start: number, end: number] {
  const end = nodeEnd(text, entry.value);
  if (entry.value.kind !== "scalar") return [entry.value.start, end];
  const between = text.slice(entry.key.end, entry.value.start);
  const block = /:\s+((?:![^\s]+\s+)?[|>][-+0-9]*)[^\n]*\n\s*$/.exec(between);
  const start = block?.[1] === undefined ? entry.value.start : entry.key.end + between.indexOf(block[1]);
  return [start, Math.max(end, start)];
}

/** One past the last character of a node, also of a collection. */
export function nodeEnd(text: string, node: YamlNode): number {
  if (node.kind === "scalar") return trimmedEnd(text, node.start, node.end);
  const children = node.kind === "list" ? node.items : [...node.entries.values()].map(({ value }) => value);
  let end = node.start + 1;
  for (const child of children) end = Math.max(end, nodeEnd(text, child));
  const opens = text.charAt(node.start);
  if (opens !== "[" && opens !== "{") return end;
  const closes = text.indexOf(opens === "[" ? "]" : "}", children.length === 0 ? node.start : end);
  return closes < 0 ? end : closes + 1;
}

function trimmedEnd(text: string, start: number, end: number): number {
  let at = end;
  while (at > start && /[\r\n ]/.test(text.charAt(at - 1))) at -= 1;
  return at;
}

export function lineStart(text: string, offset: number): number {
  return text.lastIndexOf("\n", offset - 1) + 1;
}

/** Offset just behind the line break that ends the line of `offset`. */
export function nextLine(text: string, offset: number): number {
  const at = text.indexOf("\n", offset);
  return at < 0 ? text.length : at + 1;
}

/** The same value; line breaks at the end of a text do not count. */
export function sameValue(a: Value | undefined, b: Value | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return canonical(a) === canonical(b);
}

function canonical(value: Value): string {
  return JSON.stringify(plain(value));
}

function plain(value: Value): unknown {
  if (typeof value === "string") return value.replace(/\n+$/, "");
  if (typeof value === "bigint") return { bigint: String(value) };
  if (value instanceof Float) return { float: String(value.value) };
  if (value instanceof Tagged) return { [value.tag]: value.text };
  if (Array.isArray(value)) return value.map(plain);
  if (isMap(value)) return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item)]));
  return value;
}
