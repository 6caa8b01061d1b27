/** js-yaml's events → a tree that means what PyYAML's and Ansible's loaders mean. */
import { EVENT_ID, type Event, getScalarValue, SCALAR_STYLE, type ScalarEvent } from "js-yaml";
import type { Problem } from "../../core/problem.ts";
import { scalarText } from "./ansible-text.ts";
import { resolvePlain } from "./scalars.ts";
import { type Complaint, problemAt, type SourceText } from "./source.ts";
import { resolveTagged } from "./tags.ts";
import type { MapEntry, MapNode, Place, ScalarNode, YamlNode } from "./tree.ts";

/** Values after aliases are expanded. 10,000 hosts with all fields are some 200,000. */
export const MOST_VALUES = 1_000_000;

export interface ComposeOptions {
  /** Lets a key pass as text although YAML reads it as something else: `no` in `proxy: { no: [...] }`. */
  readonly acceptKey?: (path: readonly string[]) => boolean;
}

export interface Composed {
  readonly root?: YamlNode;
  readonly problems: readonly Problem[];
}

/** A node under construction, with the number of values it stands for. */
interface Built {
  readonly node: YamlNode;
  readonly weight: number;
}

interface ListFrame extends Place {
  readonly kind: "list";
  readonly items: YamlNode[];
  readonly anchor: string | undefined;
  weight: number;
}

interface MapFrame extends Place {
  readonly kind: "map";
  readonly merged: Map<string, MapEntry>;
  readonly own: Map<string, MapEntry>;
  readonly anchor: string | undefined;
  key: KeyNode | undefined;
  mergeKey: Place | undefined;
  weight: number;
}

interface KeyNode extends Place {
  /** undefined for `<<`. */
  readonly name: string | undefined;
}

type Frame = ListFrame | MapFrame;

/** Thrown to stop composing when going on would only repeat the problem. */
class Stop extends Error {}

export function compose(source: SourceText, events: readonly Event[], options: ComposeOptions): Composed {
  const composer = new Composer(source, options);
  try {
    for (const event of events) composer.take(event);
  } catch (error) {
    if (!(error instanceof Stop)) throw error;
  }
  return composer.root === undefined
    ? { problems: composer.problems }
    : { root: composer.root, problems: composer.problems };
}

class Composer {
  root: YamlNode | undefined;
  readonly problems: Problem[] = [];
  readonly #source: SourceText;
  readonly #options: ComposeOptions;
  readonly #frames: Frame[] = [];
  readonly #anchors = new Map<string, Built | "open">();
  #documents = 0;
  #values = 0;
  /** End of the last thing with a place: where an empty value stands. */
  #last = 0;

  constructor(source: SourceText, options: ComposeOptions) {
    this.#source = source;
    this.#options = options;
  }

  take(event: Event): void {
    switch (event.type) {
      case EVENT_ID.DOCUMENT:
        this.#document();
        return;
      case EVENT_ID.SEQUENCE:
      case EVENT_ID.MAPPING: {
        this.#collectionTag(event);
        const place = { source: this.#source, start: event.start, end: event.start + 1 };
        const anchor = this.#anchorName(event);
        if (anchor !== undefined) this.#anchors.set(anchor, "open");
        this.#last = event.start + 1;
        this.#frames.push(
          event.type === EVENT_ID.SEQUENCE
            ? { kind: "list", items: [], anchor, weight: 1, ...place }
            : {
                kind: "map",
                merged: new Map(),
                own: new Map(),
                anchor,
                key: undefined,
                mergeKey: undefined,
                weight: 1,
                ...place,
              },
        );
        return;
      }
      case EVENT_ID.SCALAR:
        this.#scalar(event);
        return;
      case EVENT_ID.ALIAS:
        this.#alias(event.anchorStart, event.anchorEnd);
        return;
      case EVENT_ID.POP:
        this.#pop();
    }
  }

  #document(): void {
    this.#documents += 1;
    if (this.#documents === 1) return;
    const marker = /^---(?=\s|$)/gm;
    marker.lastIndex = this.#last;
    const at = marker.exec(this.#source.text)?.index ?? this.#last;
    this.#stop(at, at + 3, {
      code: "KM008",
      message: "a second YAML document begins here; Ansible reads files of one document only",
      remedy: "delete the --- line, or move what follows into a file of its own",
    });
  }

  #collectionTag(event: { start: number; tagStart: number; tagEnd: number }): void {
    if (event.tagStart < 0) return;
    const tag = this.#source.text.slice(event.tagStart, event.tagEnd);
    if (tag === "!!map" || tag === "!!seq") return;
    this.#complain(event.tagStart, event.tagEnd, {
      code: "KM013",
      message: `the tag ${tag} is not supported on a map or list`,
      remedy:
        tag === "!unsafe" || tag === "!vault"
          ? `put ${tag} on each string inside instead`
          : "remove the tag; write a plain map or list",
    });
  }

  #anchorName(event: { anchorStart: number; anchorEnd: number }): string | undefined {
    if (event.anchorStart < 0) return undefined;
    const name = this.#source.text.slice(event.anchorStart, event.anchorEnd);
    if (!/^[0-9A-Za-z_-]+$/.test(name)) {
      this.#complain(event.anchorStart, event.anchorEnd, {
        code: "KM009",
        message: `the anchor name "${name}" has characters that PyYAML refuses`,
        remedy: "use letters, digits, - and _ only",
      });
    }
    if (this.#anchors.has(name)) {
      this.#complain(event.anchorStart, event.anchorEnd, {
        code: "KM009",
        message: `the anchor &${name} is defined twice`,
        remedy: "give the second one another name",
      });
    }
    return name;
  }

  #scalar(event: ScalarEvent): void {
    const place = this.#placeOf(event);
    this.#last = Math.max(this.#last, place.end);
    const anchor = this.#anchorName(event);
    const isPlain = event.style === SCALAR_STYLE.PLAIN;
    const text = scalarText(
      this.#source,
      event,
      getScalarValue(this.#source.text, event),
      (start, end, complaint) => this.#complain(start, end, complaint),
    );
    const frame = this.#frames.at(-1);
    const isKey = frame?.kind === "map" && frame.key === undefined;
    if (isKey && isPlain && event.tagStart < 0 && (text === "<<" || text === "=")) {
      // The two keys that have a meaning of their own: merge, and PyYAML's "value", which is plain text as a key.
      frame.key = { ...place, name: text === "<<" ? undefined : "=" };
      return;
    }
    const node: ScalarNode = { kind: "scalar", ...place, value: this.#valueOf(event, text, isPlain, place) };
    const built = { node, weight: 1 };
    if (anchor !== undefined) this.#anchors.set(anchor, built);
    this.#add(built);
  }

  #valueOf(event: ScalarEvent, text: string, isPlain: boolean, place: Place): ScalarNode["value"] {
    const complain = (complaint: Complaint): string => {
      this.#complain(place.start, place.end, complaint);
      return text;
    };
    if (event.tagStart >= 0) {
      return resolveTagged(this.#source.text.slice(event.tagStart, event.tagEnd), text, complain);
    }
    if (!isPlain) return text;
    const resolved = resolvePlain(text);
    switch (resolved.as) {
      case "date":
        return complain({
          code: "KM012",
          message: `Ansible reads ${text} as a date, not as text`,
          remedy: `quote it: "${text}"`,
        });
      case "merge":
      case "value":
        return complain({
          code: "KM016",
          message: `an unquoted ${text} has a special meaning in YAML and is no value`,
          remedy: `quote it: "${text}"`,
        });
      case "broken-int":
        return complain({
          code: "KM014",
          message: `${text} begins like a number but has no digits; PyYAML fails on it`,
          remedy: `quote it: "${text}"`,
        });
      default:
        return resolved.value;
    }
  }

  #placeOf(event: ScalarEvent): Place {
    const source = this.#source;
    if (event.valueStart < 0) {
      if (event.tagStart >= 0) return { source, start: event.tagStart, end: event.tagEnd };
      const frame = this.#frames.at(-1);
      if (frame?.kind === "map" && frame.key !== undefined) return { ...frame.key };
      return { source, start: this.#last, end: this.#last };
    }
    if (event.style === SCALAR_STYLE.PLAIN) return { source, start: event.valueStart, end: event.valueEnd };
    if (event.style === SCALAR_STYLE.LITERAL_BLOCK || event.style === SCALAR_STYLE.FOLDED_BLOCK) {
      const indent = /[^\s]/g;
      indent.lastIndex = event.valueStart;
      return { source, start: indent.exec(source.text)?.index ?? event.valueStart, end: event.valueEnd };
    }
    return { source, start: event.valueStart - 1, end: event.valueEnd + 1 };
  }

  #alias(start: number, end: number): void {
    const name = this.#source.text.slice(start, end);
    const target = this.#anchors.get(name);
    this.#last = end;
    if (target === undefined || target === "open") {
      this.#stop(start - 1, end, {
        code: "KM009",
        message:
          target === undefined
            ? `the alias *${name} has no anchor &${name} before it`
            : `the alias *${name} stands inside its own anchor &${name}`,
        remedy:
          target === undefined
            ? `write &${name} at the first use; anchors are known only below it and in the same file`
            : "move the alias out of it",
      });
    }
    this.#add(target, { source: this.#source, start: start - 1, end });
  }

  #pop(): void {
    const frame = this.#frames.pop();
    if (frame === undefined) return; // the document's own end
    const { source, start, end, weight } = frame;
    const node: YamlNode =
      frame.kind === "list"
        ? { kind: "list", source, start, end, items: frame.items }
        : { kind: "map", source, start, end, entries: entriesOf(frame) };
    const built = { node, weight };
    if (frame.anchor !== undefined) this.#anchors.set(frame.anchor, built);
    this.#add(built, undefined, 0);
  }

  /** @param counted values that are new to the total: a closed collection's were counted one by one. */
  #add(built: Built, aliasPlace?: Place, counted = built.weight): void {
    this.#values += counted;
    if (this.#values > MOST_VALUES) this.#tooMany(aliasPlace ?? built.node);
    const frame = this.#frames.at(-1);
    if (frame === undefined) {
      this.root = built.node;
      return;
    }
    frame.weight += built.weight;
    if (frame.kind === "list") frame.items.push(built.node);
    else if (frame.key === undefined) frame.key = this.#key(built.node, aliasPlace ?? built.node);
    else {
      const key = frame.key;
      frame.key = undefined;
      if (key.name === undefined) this.#merge(frame, key, built.node, aliasPlace ?? built.node);
      else this.#pair(frame, key, key.name, built.node);
    }
  }

  #key(node: YamlNode, place: Place): KeyNode {
    const { source, start, end } = place;
    const text = source.text.slice(start, end);
    if (node.kind !== "scalar") {
      const isTemplate = source.text.startsWith("{{", start - 1) || source.text.startsWith("{{", start);
      this.#stop(start, end, {
        code: "KM015",
        message: isTemplate
          ? "YAML reads {{ as two maps, one inside the other"
          : `a ${node.kind} cannot be a key of a map`,
        remedy: isTemplate ? 'quote a value that begins with a template: "{{ … }}"' : "use text as the key",
      });
    }
    if (typeof node.value === "string") return { source, start, end, name: node.value };
    if (this.#options.acceptKey?.([...this.#path(), text]) === true)
      return { source, start, end, name: text };
    this.#complain(start, end, {
      code: "KM015",
      message: `the key ${text === "" ? "(empty)" : text} is not text: YAML reads it as ${describeScalar(node.value)}`,
      remedy: text === "" ? "give the key a name" : `quote it: "${text}"`,
    });
    return { source, start, end, name: text };
  }

  #path(): string[] {
    return this.#frames.flatMap((frame) => (frame.kind === "map" && frame.key?.name ? [frame.key.name] : []));
  }

  #pair(frame: MapFrame, key: KeyNode, name: string, value: YamlNode): void {
    const before = frame.own.get(name);
    if (before !== undefined) {
      const first = before.key.source.origin(before.key.start, before.key.end);
      this.#complain(key.start, key.end, {
        code: "KM007",
        message: `the key "${name}" is written twice in one map; the first is at ${first.file}:${first.line}:${first.column}`,
        remedy: "remove one of them: only the last would count, silently",
      });
      return;
    }
    if (name === "__proto__") {
      this.#complain(key.start, key.end, {
        code: "KM015",
        message: "the key __proto__ is reserved",
        remedy: "choose another name",
      });
      return;
    }
    frame.own.set(name, { key, value });
  }

  /** `<<`: what it brings comes first and yields to the map's own keys; of a list, the first map wins. */
  #merge(frame: MapFrame, key: KeyNode, value: YamlNode, place: Place): void {
    if (frame.mergeKey !== undefined) {
      this.#complain(key.start, key.end, {
        code: "KM007",
        message: "the key << is written twice in one map",
        remedy: "merge several maps with one key: <<: [*first, *second]",
      });
    }
    frame.mergeKey = key;
    const maps = value.kind === "list" ? [...value.items].reverse() : [value];
    for (const map of maps) {
      if (map.kind !== "map") {
        this.#complain(place.start, place.end, {
          code: "KM016",
          message: "<< merges maps, and this is none",
          remedy: "name a map: <<: *anchor, or a list of maps: <<: [*first, *second]",
        });
        return;
      }
      for (const [name, entry] of map.entries) frame.merged.set(name, entry);
    }
  }

  #tooMany(place: Place): never {
    this.#stop(place.start, place.end, {
      code: "KM010",
      message: `the file stands for more than ${MOST_VALUES.toLocaleString("en")} values`,
      remedy: "write many alike hosts as a range such as compute[1:400]; aliases of aliases multiply",
    });
  }

  #complain(start: number, end: number, complaint: Complaint): void {
    this.problems.push(problemAt(this.#source, start, end, complaint));
  }

  #stop(start: number, end: number, complaint: Complaint): never {
    this.#complain(start, end, complaint);
    throw new Stop();
  }
}

function entriesOf(frame: MapFrame): MapNode["entries"] {
  if (frame.merged.size === 0) return frame.own;
  const entries = frame.merged;
  for (const [name, entry] of frame.own) entries.set(name, entry);
  return entries;
}

function describeScalar(value: ScalarNode["value"]): string {
  if (value === null) return "null";
  if (typeof value === "boolean") return `the boolean ${value}`;
  if (typeof value === "number" || typeof value === "bigint") return `the number ${value}`;
  return "something else";
}
