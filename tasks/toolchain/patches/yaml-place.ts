/** Finds a task or a key in a YAML text, and the range of text that it occupies. */
import { Float, isMap, Tagged, type Value } from "../../core/value.ts";
import { type MapEntry, type MapNode, readYaml, SourceText, type YamlNode } from "../../io/yaml.ts";
import type { Place } from "./schema.ts";

/** A key that was found, or the map that lacks it. */
export interface Found {
  /** The map that holds the key. */
  readonly map: MapNode;
  readonly key: string;
  /** Absent when the map has no such key. */
  readonly entry?: MapEntry;
}

/** The place, or why it was not found. */
export type Finding = { readonly found: Found } | { readonly problem: string };

/** Parses a file of a tool. What only our own inventories must not have (a tab, a second document) is accepted. */
export function parseTree(file: string, text: string): YamlNode | { readonly problem: string } {
  const { root, problems } = readYaml(new SourceText(file, text));
  if (root !== undefined) return root;
  return { problem: problems[0]?.message ?? "the file is empty" };
}

/** Finds the task and the key of a place. */
export function findPlace(root: YamlNode, { task, key = [] }: Place): Finding {
  let node = root;
  if (task !== undefined) {
    const tasks = tasksNamed(root, task);
    const [only] = tasks;
    if (only === undefined) return { problem: `there is no task "${task}"` };
    if (tasks.length > 1) return { problem: `${tasks.length} tasks have the name "${task}"` };
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

/** Maps in lists (tasks, blocks, handlers, plays) with this name. */
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

/** Offsets of an entry's value: from its first character (or the | or > of a block) to before the line breaks after it. */
export function valueSpan(text: string, entry: MapEntry): readonly [start: number, end: number] {
  const end = nodeEnd(text, entry.value);
  if (entry.value.kind !== "scalar") return [entry.value.start, end];
  const between = text.slice(entry.key.end, entry.value.start);
  const block = /:\s+((?:![^\s]+\s+)?[|>][-+0-9]*)[^\n]*\n\s*$/.exec(between);
  const start = block?.[1] === undefined ? entry.value.start : entry.key.end + between.indexOf(block[1]);
  return [start, Math.max(end, start)];
}

/** Offset after the last character of a node, of a list or map too. */
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

/** Offset of the first character of the line of `offset`. */
export function lineStart(text: string, offset: number): number {
  return text.lastIndexOf("\n", offset - 1) + 1;
}

/** Offset of the line after the line of `offset`; the length of the text when there is none. */
export function nextLine(text: string, offset: number): number {
  const at = text.indexOf("\n", offset);
  return at < 0 ? text.length : at + 1;
}

/** True for equal values; line breaks at the end of a text do not count. */
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
