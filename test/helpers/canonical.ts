/** Values in a form that two sides can be compared in: what Ansible tells apart stays apart, nothing else does. */
import { Float, isMap, Tagged, type Value } from "../../tasks/core/value.ts";

/** Integers as text, floats marked, tags marked, mappings as sorted pairs. */
export function canonical(value: Value): unknown {
  if (typeof value === "bigint" || (typeof value === "number" && Number.isInteger(value))) {
    return { int: BigInt(value).toString() };
  }
  if (typeof value === "number") return { float: String(value) };
  if (value instanceof Float) return { float: Object.is(value.value, -0) ? "-0" : String(value.value) };
  // Where there is no brace there is nothing to protect from templating: same meaning with the tag and without.
  if (value instanceof Tagged && value.tag === "!unsafe" && !value.text.includes("{")) return value.text;
  if (value instanceof Tagged) return { [value.tag]: value.text };
  if (Array.isArray(value)) return value.map(canonical);
  if (isMap(value)) {
    const pairs = Object.entries(value).map(([key, item]) => [key, canonical(item)] as const);
    return { map: pairs.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)) };
  }
  return value;
}
