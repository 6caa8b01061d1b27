/** Applies one edit to one text, if it fits and was not done already. The rest of the text stays byte for byte. */
import type { Value } from "../../core/value.ts";
import { toYaml } from "../../core/yaml-text.ts";
import { toValue } from "../../io/yaml.ts";
import { type Edit, type Place, SHORTEST_REPLACEMENT } from "./schema.ts";
import { findPlace, lineStart, nextLine, nodeEnd, parseTree, sameValue, valueSpan } from "./yaml-place.ts";

/** `fits` holds the edited text. `done`: we or upstream made the edit already. */
export type EditOutcome =
  | { readonly state: "fits"; readonly text: string }
  | { readonly state: "done" }
  | { readonly state: "conflict"; readonly expected: string; readonly found: string };

/**
 * Tries an edit.
 * @param text content of the file; undefined when there is no such file
 * @param sourceOf content of another file of the tree, for the edit `copy`
 */
export function evaluateEdit(
  edit: Edit,
  text: string | undefined,
  sourceOf: (file: string) => string | undefined,
): EditOutcome {
  if (edit.kind === "copy") return copy(edit, text, sourceOf(edit.from));
  if (text === undefined) return conflict("the file", "there is no such file");
  if (edit.fixed !== undefined && text.includes(edit.fixed)) return { state: "done" };
  const outcome = evaluateOnce(edit, text);
  if (outcome.state !== "fits") return outcome;
  const again = evaluateOnce(edit, outcome.text);
  if (again.state === "done") return outcome;
  return conflict("an edit that is done after it was applied once", "it could be applied a second time");
}

type TextEdit = Extract<Edit, { kind: "replace" | "insert" }>;
type KeyEdit = Extract<Edit, { kind: "set" | "remove" | "rename" }>;

function evaluateOnce(edit: TextEdit | KeyEdit, text: string): EditOutcome {
  if (edit.kind === "replace" || edit.kind === "insert") {
    const scope = scopeOf(edit, text);
    if ("problem" in scope) return conflict(`the text "${excerpt(edit.text)}"`, scope.problem);
    const inside = text.slice(scope.start, scope.end);
    const outcome = edit.kind === "replace" ? replace(edit, inside) : insert(edit, text, scope);
    if (outcome.state !== "fits" || edit.kind === "insert") return outcome;
    return { state: "fits", text: text.slice(0, scope.start) + outcome.text + text.slice(scope.end) };
  }
  return editKey(edit, text);
}

function copy(
  edit: Extract<Edit, { kind: "copy" }>,
  text: string | undefined,
  source: string | undefined,
): EditOutcome {
  if (source === undefined) return conflict(`the file ${edit.from}`, "there is no such file");
  if (text === undefined) return { state: "fits", text: source };
  return text === source ? { state: "done" } : conflict("no such file yet", "a file with other content");
}

interface Scope {
  readonly start: number;
  readonly end: number;
}

function scopeOf(place: Place, text: string): Scope | { readonly problem: string } {
  if (place.task === undefined && place.key === undefined) return { start: 0, end: text.length };
  const root = parseTree("", text);
  if ("problem" in root) return root;
  const finding = findPlace(root, place);
  if ("problem" in finding) return finding;
  const { entry, key } = finding.found;
  if (entry === undefined) return { problem: `there is no ${key}` };
  const [start, end] = valueSpan(text, entry);
  return { start, end };
}

function replace(edit: Extract<Edit, { kind: "replace" }>, scope: string): EditOutcome {
  if (edit.by.includes(edit.text) && scope.includes(edit.by)) return { state: "done" };
  const times = count(scope, edit.text);
  if (times === 1) {
    const at = scope.indexOf(edit.text);
    return { state: "fits", text: scope.slice(0, at) + edit.by + scope.slice(at + edit.text.length) };
  }
  if (times === 0 && isDistinct(edit) && scope.includes(edit.by)) return { state: "done" };
  return conflict(
    `the text "${excerpt(edit.text)}" once`,
    times === 0 ? "no such text" : `the text ${times} times`,
  );
}

/** Whether finding the replacement proves that the edit was done: a short word may be anywhere in a whole file. */
function isDistinct(edit: Extract<Edit, { kind: "replace" }>): boolean {
  return edit.by !== "" && (edit.key !== undefined || edit.by.length >= SHORTEST_REPLACEMENT);
}

function insert(edit: Extract<Edit, { kind: "insert" }>, text: string, { start, end }: Scope): EditOutcome {
  const scope = text.slice(start, end);
  const lines = edit.lines.replace(/\n$/, "").split("\n");
  const existing = scope.split("\n").map((line) => line.trim());
  const wanted = lines.map((line) => line.trim());
  if (existing.some((_, at) => wanted.every((line, index) => existing[at + index] === line)))
    return { state: "done" };
  const times = count(scope, edit.text);
  if (times !== 1)
    return conflict(
      `the text "${excerpt(edit.text)}" once`,
      times === 0 ? "no such text" : `the text ${times} times`,
    );
  const at = start + scope.indexOf(edit.text);
  const indent = /^[ \t]*/.exec(text.slice(lineStart(text, at)))?.[0] ?? "";
  const block = lines.map((line) => (line === "" ? "" : indent + line)).join("\n");
  if (edit.where === "before") {
    const where = lineStart(text, at);
    return { state: "fits", text: `${text.slice(0, where)}${block}\n${text.slice(where)}` };
  }
  const where = nextLine(text, at + edit.text.length - 1);
  const head = text.slice(0, where);
  return head.endsWith("\n")
    ? { state: "fits", text: `${head}${block}\n${text.slice(where)}` }
    : { state: "fits", text: `${head}\n${block}` };
}

function editKey(edit: KeyEdit, text: string): EditOutcome {
  const where = [edit.task === undefined ? "" : `task "${edit.task}", `, (edit.key ?? []).join(".")].join("");
  const root = parseTree(edit.file, text);
  if ("problem" in root) return conflict(where, root.problem);
  const finding = findPlace(root, edit);
  if ("problem" in finding) return conflict(where, finding.problem);
  const { map, key, entry } = finding.found;
  const value = entry === undefined ? undefined : toValue(entry.value);
  switch (edit.kind) {
    case "rename": {
      if (entry === undefined)
        return map.entries.has(edit.to) ? { state: "done" } : conflict(where, `there is no ${key}`);
      if (map.entries.has(edit.to)) return conflict(where, `${edit.to} is there too`);
      const { start, end } = entry.key;
      return { state: "fits", text: text.slice(0, start) + edit.to + text.slice(end) };
    }
    case "remove": {
      if (entry === undefined) return { state: "done" };
      if (!sameValue(value, edit.expect)) return conflict(`${where}: ${shown(edit.expect)}`, shown(value));
      const start = lineStart(text, entry.key.start);
      if (text.slice(start, entry.key.start).trim() !== "")
        return conflict(`${where} on its own line`, "it is the first key of its map");
      return verified(
        edit,
        text,
        text.slice(0, start) + text.slice(nextLine(text, nodeEnd(text, entry.value))),
        undefined,
      );
    }
    case "set": {
      if (sameValue(value, edit.value)) return { state: "done" };
      if (!sameValue(value, edit.expect)) return conflict(`${where}: ${shown(edit.expect)}`, shown(value));
      if (entry === undefined)
        return verified(edit, text, withNewKey(text, map.entries, key, edit.value), edit.value);
      const [start, end] = valueSpan(text, entry);
      const indent = entry.key.start - lineStart(text, entry.key.start);
      const lines = toYaml({ [key]: edit.value })
        .trimEnd()
        .split("\n");
      const [first = "", ...rest] = lines;
      const head = first.slice(first.indexOf(":", toYaml(key).trimEnd().length) + 1);
      const body = [head.trimStart(), ...rest.map((line) => " ".repeat(indent) + line)].join("\n");
      // A list or map begins on the next line, one word on the key's own.
      const colon = text.indexOf(":", entry.key.end) + 1;
      const wasBelow = /^\s*\n\s*$/.test(text.slice(colon, start));
      const changed =
        head === "" || wasBelow
          ? text.slice(0, colon) + (head === "" ? "" : " ") + body + text.slice(end)
          : text.slice(0, start) + body + text.slice(end);
      return verified(edit, text, changed, edit.value);
    }
  }
}

/** Inserts the new key after the first one, which is the name in a task. */
function withNewKey(
  text: string,
  entries: ReadonlyMap<string, { key: { start: number }; value: Parameters<typeof nodeEnd>[1] }>,
  key: string,
  value: Value,
): string {
  const [first] = entries.values();
  if (first === undefined) return text;
  const indent = " ".repeat(first.key.start - lineStart(text, first.key.start));
  const at = nextLine(text, nodeEnd(text, first.value));
  const lines = toYaml({ [key]: value })
    .trimEnd()
    .split("\n");
  const head = text.slice(0, at);
  const block = lines.map((line) => `${indent}${line}\n`).join("");
  return `${head}${head.endsWith("\n") ? "" : "\n"}${block}${text.slice(at)}`;
}

/** Parses the edited text: the key must have the wanted value, and every other value must be as before. */
function verified(edit: KeyEdit, before: string, after: string, wanted: Value | undefined): EditOutcome {
  const meaning = (text: string): readonly [value: Value | undefined, rest: string] => {
    const root = parseTree(edit.file, text);
    if ("problem" in root) return [undefined, root.problem];
    const finding = findPlace(root, edit);
    if ("problem" in finding) return [undefined, finding.problem];
    const { map, key, entry } = finding.found;
    const value = entry === undefined ? undefined : toValue(entry.value);
    (map.entries as Map<string, unknown>).delete(key);
    return [
      value,
      JSON.stringify(toValue(root), (_, item) => (typeof item === "bigint" ? String(item) : item)),
    ];
  };
  const [, restBefore] = meaning(before);
  const [value, restAfter] = meaning(after);
  return restBefore === restAfter && sameValue(value, wanted)
    ? { state: "fits", text: after }
    : conflict("a key that can be edited alone", "the edit would change other values too");
}

function count(text: string, part: string): number {
  return text.split(part).length - 1;
}

function conflict(expected: string, found: string): EditOutcome {
  return { state: "conflict", expected, found };
}

function shown(value: Value | undefined): string {
  if (value === undefined) return "no such key";
  return excerpt(toYaml(value).trimEnd());
}

function excerpt(text: string): string {
  const line = text.replace(/\s+/g, " ").trim();
  return line.length > 100 ? `${line.slice(0, 100)}…` : line;
}
