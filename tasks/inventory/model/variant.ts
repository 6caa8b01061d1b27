/** The same cluster with one value changed: every file that renders differently contains the value. */
import type { ClusterModel } from "../../core/model.ts";
import type { InventoryPath } from "../../core/path.ts";
import { Float, isMap, Tagged, type Value } from "../../core/value.ts";

/**
 * A model with another value at a path.
 * @param build makes a model of a whole inventory; undefined when the schema refuses it. Rules are not checked
 * @returns undefined for a path without a value, and for a value that must be one of a few words
 */
export function variantAt(
  root: Value,
  path: InventoryPath,
  current: Value | undefined,
  build: (changed: Value) => ClusterModel | undefined,
): ClusterModel | undefined {
  if (current === undefined) return undefined;
  for (const other of otherValues(current)) {
    const model = build(replaceAt(root, path, other));
    if (model !== undefined) return model;
  }
  return undefined;
}

/** Different values of the same kind, the likeliest to be valid first. */
function otherValues(value: Value): Value[] {
  if (typeof value === "boolean") return [!value];
  if (typeof value === "number") return [value + 1, value - 1];
  if (typeof value === "bigint") return [value + 1n];
  if (value instanceof Float) return [new Float(value.value + 1)];
  if (value instanceof Tagged) return [new Tagged(value.tag, `${value.text}x`)];
  if (typeof value === "string") {
    const otherDigit = (digit: string) => (digit === "1" ? "2" : "1");
    // Valid for an address (last number changed), a network (first number changed), or a name (one more letter).
    return [
      value.replace(/\d(?=\D*$)/, otherDigit),
      value.replace(/\d/, otherDigit),
      `${value}x`,
      `x${value}`,
    ].filter((other) => other !== value);
  }
  if (Array.isArray(value)) return [value.slice(0, -1), [...value, ...value.slice(-1).flatMap(otherValues)]];
  return [];
}

function replaceAt(value: Value, [part, ...rest]: InventoryPath, other: Value): Value {
  if (part === undefined) return other;
  if (Array.isArray(value)) {
    return value.map((item, index) => (index === Number(part) ? replaceAt(item, rest, other) : item));
  }
  if (!isMap(value)) return value;
  return { ...value, [part]: replaceAt(value[part] ?? null, rest, other) };
}
