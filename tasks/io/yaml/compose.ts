/** js-yaml's events → a tree that means what PyYAML's and Ansible's loaders mean. */
import {
  COLLECTION_STYLE,
  EVENT_ID,
  type Event,
  type MappingEvent,
  type ScalarEvent,
  type SequenceEvent,
} from "js-yaml";
import type { Problem } from "../../core/problem.ts";
import {
  addPair,
  checkOwnLine,
  closeFrame,
  type Frame,
  mergeInto,
  type Report,
  readKey,
  reportTo,
} from "./frames.ts";
import {
  checkCollectionTag,
  checkKeyText,
  checkPropertyEnd,
  checkRootText,
  placeOf,
  readScalar,
  specialKey,
} from "./scalar-event.ts";
import type { Complaint, SourceText } from "./source.ts";
import type { Place, YamlNode } from "./tree.ts";

/** Values after aliases are expanded. 10,000 hosts with all fields are some 200,000. */
export const MOST_VALUES = 1_000_000;

/** Nobody reads more of one file; the rest shows when these are corrected. */
const MOST_PROBLEMS = 200;

export interface ComposeOptions {
  /** Lets a key pass as text although YAML reads it as something else: `no` in `proxy: { no: [...] }`. */
  readonly acceptKey?: (path: readonly string[]) => boolean;
}

export interface Composed {
  readonly root?: YamlNode;
  readonly problems: readonly Problem[];
}

export function compose(source: SourceText, events: readonly Event[], options: ComposeOptions): Composed {
  const composer = new Composer(source, options);
  try {
    for (const event of events) composer.take(event);
  } catch (error) {
    if (!(error instanceof Stop)) throw error;
  }
  const { root, problems } = composer;
  return root === undefined ? { problems } : { root, problems };
}

/** Thrown to stop composing when going on would only repeat the problem. */
class Stop extends Error {}

/** A finished node, with the number of values it stands for. */
interface Built {
  readonly node: YamlNode;
  readonly weight: number;
}

class Composer {
  root: YamlNode | undefined;
  readonly problems: Problem[] = [];
  readonly #source: SourceText;
  readonly #options: ComposeOptions;
  readonly #report: Report = reportTo(this.problems);
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
    if (this.problems.length >= MOST_PROBLEMS) throw new Stop();
    if (event.type === EVENT_ID.SCALAR) this.#scalar(event);
    else if (event.type === EVENT_ID.ALIAS) this.#alias(event.anchorStart, event.anchorEnd);
    else if (event.type === EVENT_ID.POP) this.#close();
    else if (event.type === EVENT_ID.DOCUMENT) this.#document();
    else this.#open(event);
  }

  #document(): void {
    this.#documents += 1;
    if (this.#documents === 1) return;
    const marker = /^---(?=\s|$)/gm;
    marker.lastIndex = this.#last;
    const at = marker.exec(this.#source.text)?.index ?? this.#last;
    this.#stop(this.#place(at, at + 3), {
      code: "KM008",
      message: "a second YAML document begins here; Ansible reads files of one document only",
      remedy: "delete the --- line, or move what follows into a file of its own",
    });
  }

  #open(event: SequenceEvent | MappingEvent): void {
    const place = this.#place(event.start, event.start + 1);
    checkCollectionTag(this.#source, event, this.#report);
    const anchor = this.#anchorName(event);
    if (anchor !== undefined) this.#anchors.set(anchor, "open");
    this.#last = place.end;
    const { source, start, end } = place;
    const { style } = event;
    if (event.type === EVENT_ID.SEQUENCE) {
      this.#frames.push({ kind: "list", source, start, end, style, anchor, items: [], weight: 1 });
      return;
    }
    checkOwnLine(this.#frames.at(-1), style, place, this.#report);
    this.#frames.push({
      kind: "map",
      source,
      start,
      end,
      style,
      anchor,
      merged: undefined,
      own: new Map(),
      key: undefined,
      mergeKey: undefined,
      weight: 1,
    });
  }

  #close(): void {
    const frame = this.#frames.pop();
    if (frame === undefined) return; // the document's own end
    const built = { node: closeFrame(frame), weight: frame.weight };
    if (frame.anchor !== undefined) this.#anchors.set(frame.anchor, built);
    // Its values were counted one by one; it counts as one itself.
    this.#add(built, built.node, 1);
  }

  #scalar(event: ScalarEvent): void {
    const frame = this.#frames.at(-1);
    const isKey = frame?.kind === "map" && frame.key === undefined;
    const special = isKey ? specialKey(this.#source, event) : undefined;
    const place = placeOf(this.#source, event, (frame?.kind === "map" ? frame.key : undefined) ?? this.#last);
    if (place.end > this.#last) this.#last = place.end;
    if (frame?.kind === "map" && special !== undefined) {
      frame.key = { ...place, name: special === "<<" ? undefined : special };
      return;
    }
    if (isKey) checkKeyText(place, frame.style, this.#report);
    if (frame === undefined) checkRootText(place, event, this.#report);
    const node = readScalar(place, event, frame?.style === COLLECTION_STYLE.FLOW, this.#report);
    const anchor = event.anchorStart < 0 ? undefined : this.#anchorName(event);
    const built = { node, weight: 1 };
    if (anchor !== undefined) this.#anchors.set(anchor, built);
    this.#add(built, node, 1);
  }

  #alias(start: number, end: number): void {
    const name = this.#source.text.slice(start, end);
    const place = this.#place(start - 1, end);
    const target = this.#anchors.get(name);
    this.#last = end;
    checkPropertyEnd(place, this.#report);
    if (target === undefined) {
      this.#stop(place, {
        code: "KM009",
        message: `the alias *${name} has no anchor &${name} before it`,
        remedy: `write &${name} at the first use; anchors are known only below it and in the same file`,
      });
    }
    if (target === "open") {
      this.#stop(place, {
        code: "KM009",
        message: `the alias *${name} stands inside its own anchor &${name}`,
        remedy: "move the alias out of it",
      });
    }
    this.#add(target, place, target.weight);
  }

  #add(built: Built, place: Place, counted: number): void {
    this.#values += counted;
    if (this.#values > MOST_VALUES) {
      this.#stop(place, {
        code: "KM010",
        message: `the file stands for more than ${MOST_VALUES.toLocaleString("en")} values`,
        remedy: "write many alike hosts as a range such as compute[1:400]; aliases of aliases multiply",
      });
    }
    const frame = this.#frames.at(-1);
    if (frame === undefined) {
      this.root = built.node;
      return;
    }
    frame.weight += built.weight;
    if (frame.kind === "list") frame.items.push(built.node);
    else if (frame.key === undefined) {
      const isAccepted = (text: string) => this.#options.acceptKey?.([...this.#path(), text]) === true;
      frame.key = readKey(built.node, place, isAccepted, this.#report);
      if (frame.key === undefined) throw new Stop();
    } else {
      const { key } = frame;
      frame.key = undefined;
      if (key.name === undefined) mergeInto(frame, key, built.node, place, this.#report);
      else addPair(frame, key, key.name, built.node, this.#report);
    }
  }

  #path(): string[] {
    return this.#frames.flatMap((frame) => (frame.kind === "map" && frame.key?.name ? [frame.key.name] : []));
  }

  #anchorName({ anchorStart, anchorEnd }: { anchorStart: number; anchorEnd: number }): string | undefined {
    if (anchorStart < 0) return undefined;
    const place = this.#place(anchorStart, anchorEnd);
    const name = this.#source.text.slice(anchorStart, anchorEnd);
    checkPropertyEnd(place, this.#report);
    if (!/^[0-9A-Za-z_-]+$/.test(name)) {
      const message = `the anchor name "${name}" has characters that PyYAML refuses`;
      this.#report(place, { code: "KM009", message, remedy: "use letters, digits, - and _ only" });
    }
    if (this.#anchors.has(name)) {
      const message = `the anchor &${name} is defined twice`;
      this.#report(place, { code: "KM009", message, remedy: "give the second one another name" });
    }
    return name;
  }

  #place(start: number, end: number): Place {
    return { source: this.#source, start, end };
  }

  #stop(place: Place, complaint: Complaint): never {
    this.#report(place, complaint);
    throw new Stop();
  }
}
