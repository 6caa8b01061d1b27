/** What a YAML file says, with the place of every key and every value. */
import type { Origin } from "../../core/problem.ts";
import type { Scalar, Value } from "../../core/value.ts";
import type { SourceText } from "./source.ts";

interface Place {
  readonly source: SourceText;
  /** Offsets in the source's text: first character, and one past the last. */
  readonly start: number;
  readonly end: number;
}

export interface ScalarNode extends Place {
  readonly kind: "scalar";
  readonly value: Scalar;
}

export interface ListNode extends Place {
  readonly kind: "list";
  readonly items: readonly YamlNode[];
}

export interface MapNode extends Place {
  readonly kind: "map";
  readonly entries: ReadonlyMap<string, MapEntry>;
}

export interface MapEntry {
  readonly key: Place;
  readonly value: YamlNode;
}

export type YamlNode = ScalarNode | ListNode | MapNode;

/** The plain value, without places. Nodes shared by aliases become shared values. */
export function toValue(node: YamlNode): Value {
  if (node.kind === "scalar") return node.value;
  if (node.kind === "list") return node.items.map(toValue);
  const map: Record<string, Value> = {};
  for (const [key, entry] of node.entries) {
    const value = toValue(entry.value);
    // An assignment to this name would set the prototype, and the key would be gone.
    if (key === "__proto__")
      Object.defineProperty(map, key, { value, enumerable: true, configurable: true, writable: true });
    else map[key] = value;
  }
  return map;
}

export function originOf(place: Place): Origin {
  return place.source.origin(place.start, place.end);
}

export type { Place };
