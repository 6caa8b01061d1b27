/**
 * Adds one cluster to a kubeconfig that has others. The text is edited in place, so comments, order and layout of the rest
 * are kept; where that is not possible (flow style, JSON), the whole file is rewritten from its values.
 */
import type { Value, ValueMap } from "../core/value.ts";
import { toYaml } from "../core/yaml-text.ts";
import type { YamlNode } from "../io/yaml.ts";
import type { ClusterEntries } from "./access.ts";
import {
  bodyOf,
  type Entry,
  entryNamed,
  type Kubeconfig,
  readKubeconfig,
  SECTION_NAMES,
  type Section,
  textAt,
} from "./document.ts";

export interface Merged {
  readonly text: string;
  /** False when the whole text had to be rewritten: its comments are lost. */
  readonly keptLayout: boolean;
}

/**
 * @param before a text that readKubeconfig reads
 * @param use make this the current context; it also becomes so in a file that has nothing yet
 */
export function mergeKubeconfig(before: string, added: ClusterEntries, use: boolean): Merged {
  const { config, root } = read(before);
  const isEmpty = root === undefined;
  const wanted = mergedValue(config, added, use || isEmpty);
  const edited = isEmpty ? undefined : editText(before, root, added, use);
  if (edited !== undefined && readsAs(edited, wanted)) return { text: edited, keptLayout: true };
  // An empty file may still hold comments.
  return { text: `${isEmpty ? withEnd(before) : ""}${toYaml(wanted)}`, keptLayout: isEmpty };
}

function read(text: string): { config: Kubeconfig; root: YamlNode | undefined } {
  const reading = readKubeconfig(text);
  if (reading.config === undefined) throw new Error(`no kubeconfig: ${reading.problem}`);
  return reading;
}

function withEnd(text: string): string {
  return text === "" || text.endsWith("\n") ? text : `${text}\n`;
}

/** What the file must mean afterwards. */
export function mergedValue(config: Kubeconfig, added: ClusterEntries, use: boolean): ValueMap {
  const value: Record<string, Value> = { apiVersion: "v1", kind: "Config", ...config.value };
  for (const section of SECTION_NAMES) {
    const entry = added.entries[section];
    const list = config[section];
    value[section] = entryNamed(list, entry.name)
      ? list.map((old) => (old.name === entry.name ? entry : old))
      : [...list, entry];
  }
  if (use) value["current-context"] = added.context;
  return value;
}

/** True when a text reads as exactly this; missing apiVersion and kind are kubectl's to add. */
function readsAs(text: string, wanted: ValueMap): boolean {
  const reading = readKubeconfig(text);
  if (reading.config === undefined) return false;
  const defaults = { apiVersion: "v1", kind: "Config" };
  return canonical({ ...defaults, ...reading.config.value }) === canonical(wanted);
}

/** Order of keys does not matter, order of lists does. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, inner) =>
    typeof inner === "object" && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : typeof inner === "bigint"
        ? `${inner}n`
        : inner,
  );
}

/** Text to put in place of the lines from `from` up to `to`. */
interface Edit {
  readonly from: number;
  readonly to: number;
  readonly lines: readonly string[];
}

/** undefined where the text is not made of plain blocks. */
function editText(before: string, root: YamlNode, added: ClusterEntries, use: boolean): string | undefined {
  if (root.kind !== "map" || before.includes("\r")) return undefined;
  const lines = withEnd(before).split("\n").slice(0, -1);
  const lineOf = lineIndex(before);
  const edits: Edit[] = [];
  for (const section of SECTION_NAMES) {
    const edit = editSection(
      lines,
      lineOf,
      root.entries.get(section)?.value,
      section,
      added.entries[section],
    );
    if (edit === undefined) return undefined;
    edits.push(edit);
  }
  if (use) {
    const line = `current-context: ${toYaml(added.context).trimEnd()}`;
    const current = root.entries.get("current-context");
    if (current === undefined) edits.push({ from: lines.length, to: lines.length, lines: [line] });
    else {
      const at = lineOf(current.key.start);
      const comment = /\s+#.*$/.exec(lines[at] ?? "")?.[0] ?? "";
      edits.push({ from: at, to: at + 1, lines: [line + comment] });
    }
  }
  // From the end, so that earlier places stay where they are; of several at one place, the first one comes first.
  const ordered = edits.map((edit, index) => ({ edit, index }));
  ordered.sort((a, b) => b.edit.from - a.edit.from || b.index - a.index);
  for (const { edit } of ordered) lines.splice(edit.from, edit.to - edit.from, ...edit.lines);
  return `${lines.join("\n")}\n`;
}

function lineIndex(text: string): (offset: number) => number {
  const starts = [0];
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return (offset) => {
    const after = starts.findIndex((start) => start > offset);
    return (after < 0 ? starts.length : after) - 1;
  };
}

function editSection(
  lines: readonly string[],
  lineOf: (offset: number) => number,
  node: YamlNode | undefined,
  section: Section,
  entry: Entry,
): Edit | undefined {
  if (node === undefined)
    return { from: lines.length, to: lines.length, lines: [`${section}:`, ...item(entry, "")] };
  if (node.kind !== "list" || node.items.length === 0) return undefined;
  const starts = node.items.map((inner) => lineOf(inner.start));
  const dash = /^( *)- /.exec(lines[starts[0] ?? 0] ?? "");
  if (dash === null || starts.some((line) => !lines[line]?.startsWith(`${dash[0]}`))) return undefined;
  const indent = dash[1] ?? "";
  const index = node.items.findIndex((inner) => inner.kind === "map" && nameIn(inner) === entry.name);
  const last = node.items.length - 1;
  const from = starts[index < 0 ? last : index] ?? 0;
  const end = endOfItem(lines, from, indent.length);
  return index < 0
    ? { from: end, to: end, lines: item(entry, indent) }
    : { from, to: end, lines: item(entry, indent) };
}

function nameIn(node: Extract<YamlNode, { kind: "map" }>): unknown {
  const name = node.entries.get("name")?.value;
  return name?.kind === "scalar" ? name.value : undefined;
}

/** The line after an item's last one, without the blank lines and comments that follow it. */
function endOfItem(lines: readonly string[], start: number, indent: number): number {
  let end = start + 1;
  for (let line = start + 1; line < lines.length; line++) {
    const text = lines[line] ?? "";
    if (/^\s*(#.*)?$/.test(text)) continue;
    if (text.length - text.trimStart().length <= indent) break;
    end = line + 1;
  }
  return end;
}

function item(entry: Entry, indent: string): string[] {
  return toYaml([entry])
    .trimEnd()
    .split("\n")
    .map((line) => (line === "" ? "" : indent + line));
}

/** Why this cluster must not replace the entries that have its name; undefined when it may. */
export function conflict(config: Kubeconfig, added: ClusterEntries): string | undefined {
  const { entries } = added;
  const old = entryNamed(config.clusters, entries.clusters.name);
  if (old === undefined) {
    const taken = (["contexts", "users"] as const).find(
      (section) => entryNamed(config[section], entries[section].name) !== undefined,
    );
    return taken === undefined ? undefined : `it has other ${taken} named ${entries[taken].name}`;
  }
  const [before, after] = [bodyOf("clusters", old), bodyOf("clusters", entries.clusters)];
  const isSame = ["server", "certificate-authority-data"].some(
    (key) => textAt(before, key) !== "" && textAt(before, key) === textAt(after, key),
  );
  return isSame
    ? undefined
    : `it has another cluster named ${old.name}, at ${textAt(before, "server") || "no server"}`;
}
