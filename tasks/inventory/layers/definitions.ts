/** Finds where a value of the merged inventory is written, and which values it overrides. */
import type { InventoryPath } from "../../core/path.ts";
import type { Origin } from "../../core/problem.ts";
import type { Value } from "../../core/value.ts";
import { originOf, type Place, toValue, type YamlNode } from "../../io/yaml.ts";
import type { Layer } from "./layer.ts";

/** The value of one layer at a path. */
export interface Definition {
  readonly value: Value;
  readonly origin: Origin;
  /** The line at `origin`. */
  readonly line: string;
  readonly layer: Layer;
}

interface Found {
  readonly layer: Layer;
  /** The key that introduces the node; a list item and the root have none. */
  readonly key: Place | undefined;
  readonly node: YamlNode;
}

/** The places of a path in all layers whose value is part of the result, lowest layer first. */
export function findInLayers(layers: readonly Layer[], path: InventoryPath): readonly Found[] {
  let found: Found[] = layers.map((layer) => ({ layer, key: undefined, node: layer.root }));
  for (const part of path) {
    // A value that is not a map replaces those of the layers below it, as in the merge.
    const hiding = found.findLastIndex(({ node }) => node.kind !== "map");
    const top = found.at(-1);
    if (top?.node.kind === "list") {
      const item = typeof part === "number" ? top.node.items[part] : undefined;
      found = item === undefined ? [] : [{ layer: top.layer, key: undefined, node: item }];
      continue;
    }
    found = found.slice(hiding + 1).flatMap(({ layer, node }) => {
      const entry = node.kind === "map" ? node.entries.get(String(part)) : undefined;
      return entry === undefined ? [] : [{ layer, key: entry.key, node: entry.value }];
    });
  }
  return found;
}

/** Every layer's value at a path, lowest layer first; the last one is the source of the merged value. */
export function definitions(layers: readonly Layer[], path: InventoryPath): readonly Definition[] {
  return findInLayers(layers, path).map(({ layer, key, node }) => {
    const place = placeOf(key, node);
    return {
      value: toValue(node),
      origin: originOf(place),
      line: place.source.lineAt(place.start),
      layer,
    };
  });
}

/** Where the caret of a message points for a path: the text of a scalar, else the key of the map or list. */
export function placeIn(
  layers: readonly Layer[],
  path: InventoryPath,
  at: "value" | "key" = "value",
): Place | undefined {
  const last = findInLayers(layers, path).at(-1);
  if (last === undefined) return undefined;
  return at === "key" ? (last.key ?? last.node) : placeOf(last.key, last.node);
}

function placeOf(key: Place | undefined, node: YamlNode): Place {
  return node.kind === "scalar" ? node : (key ?? node);
}
