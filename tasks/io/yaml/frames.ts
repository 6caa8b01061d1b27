/** Lists and maps under construction, and the rules for the keys of a map. */
import { COLLECTION_STYLE, type CollectionStyle } from "js-yaml";
import type { Problem } from "../../core/problem.ts";
import { type Complaint, problemAt } from "./source.ts";
import type { MapEntry, Place, YamlNode } from "./tree.ts";

export interface ListFrame extends Place {
  readonly kind: "list";
  readonly style: CollectionStyle;
  readonly anchor: string | undefined;
  readonly items: YamlNode[];
  /** Values this collection stands for so far, aliases expanded. */
  weight: number;
}

export interface MapFrame extends Place {
  readonly kind: "map";
  readonly style: CollectionStyle;
  readonly anchor: string | undefined;
  /** What `<<` brought, if there was one. */
  merged: Map<string, MapEntry> | undefined;
  readonly own: Map<string, MapEntry>;
  /** The key whose value comes next. */
  key: Key | undefined;
  mergeKey: Place | undefined;
  weight: number;
}

export interface Key extends Place {
  /** undefined for `<<`. */
  readonly name: string | undefined;
}

export type Frame = ListFrame | MapFrame;

export type Report = (place: Place, complaint: Complaint) => void;

export function reportTo(problems: Problem[]): Report {
  return ({ source, start, end }, complaint) => {
    problems.push(problemAt(source, start, end, complaint));
  };
}

export function closeFrame(frame: Frame): YamlNode {
  const { source, start, end } = frame;
  if (frame.kind === "list") return { kind: "list", source, start, end, items: frame.items };
  if (frame.merged === undefined) return { kind: "map", source, start, end, entries: frame.own };
  // As in PyYAML, merged keys come first, and a key of the map's own keeps the place of the one it overrides.
  for (const [name, entry] of frame.own) frame.merged.set(name, entry);
  return { kind: "map", source, start, end, entries: frame.merged };
}

/** @returns undefined when the node cannot be a key at all. */
export function readKey(
  node: YamlNode,
  place: Place,
  isAccepted: (text: string) => boolean,
  report: Report,
): Key | undefined {
  const { source, start, end } = place;
  const text = source.text.slice(start, end);
  if (node.kind !== "scalar") {
    const isTemplate = source.text.startsWith("{{", start - 1) || source.text.startsWith("{{", start);
    report(place, {
      code: "KM015",
      message: isTemplate
        ? "YAML reads {{ as two maps, one inside the other"
        : `a ${node.kind} cannot be a key of a map`,
      remedy: isTemplate ? 'quote a value that begins with a template: "{{ … }}"' : "use text as the key",
    });
    return undefined;
  }
  if (typeof node.value === "string") return { source, start, end, name: node.value };
  if (!isAccepted(text)) {
    report(place, {
      code: "KM015",
      message: `the key ${text === "" ? "(empty)" : text} is not text: YAML reads it as ${describe(node.value)}`,
      remedy: text === "" ? "give the key a name" : `quote it: "${text}"`,
    });
  }
  return { source, start, end, name: text };
}

export function addPair(frame: MapFrame, key: Key, name: string, value: YamlNode, report: Report): void {
  const before = frame.own.get(name);
  if (before !== undefined) {
    const first = before.key.source.origin(before.key.start, before.key.end);
    report(key, {
      code: "KM007",
      message: `the key "${name}" is written twice in one map; the first is at ${first.file}:${first.line}:${first.column}`,
      remedy: "remove one of them: only the last would count, silently",
    });
  } else if (name in Object.prototype) {
    // JavaScript's own names would get lost when maps are merged; no Ansible variable is called so.
    report(key, { code: "KM015", message: `the key ${name} is reserved`, remedy: "choose another name" });
  } else frame.own.set(name, { key, value });
}

/** `<<`: what it brings yields to the map's own keys; of a list of maps, the first one wins. */
export function mergeInto(frame: MapFrame, key: Key, value: YamlNode, place: Place, report: Report): void {
  if (frame.mergeKey !== undefined) {
    report(key, {
      code: "KM007",
      message: "the key << is written twice in one map",
      remedy: "merge several maps with one key: <<: [*first, *second]",
    });
  }
  frame.mergeKey = key;
  frame.merged ??= new Map();
  const maps = value.kind === "list" ? [...value.items].reverse() : [value];
  for (const map of maps) {
    if (map.kind !== "map") {
      report(place, {
        code: "KM016",
        message: "<< merges maps, and this is none",
        remedy: "name a map: <<: *anchor, or a list of maps: <<: [*first, *second]",
      });
      return;
    }
    for (const [name, entry] of map.entries) frame.merged.set(name, entry);
  }
}

/** `key: &anchor inner: value`: only js-yaml lets a block map begin on the line of its key. */
export function checkOwnLine(
  parent: Frame | undefined,
  style: CollectionStyle,
  place: Place,
  report: Report,
): void {
  if (style !== COLLECTION_STYLE.BLOCK || parent?.kind !== "map" || parent.key === undefined) return;
  if (/[\r\n]/.test(place.source.text.slice(parent.key.end, place.start))) return;
  report(place, {
    code: "KM005",
    message: "a map cannot begin on the line of its key",
    remedy: "put its keys on lines of their own, indented; or quote the value if it is text",
  });
}

function describe(value: unknown): string {
  if (value === null) return "null";
  if (typeof value === "boolean") return `the boolean ${value}`;
  if (typeof value === "number" || typeof value === "bigint") return `the number ${value}`;
  return "a number";
}
