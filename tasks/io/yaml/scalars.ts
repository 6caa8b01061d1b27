/**
 * Plain scalars as PyYAML resolves them (YAML 1.1, with PyYAML's own edges: `y` is a string, `1e3` is a string,
 * `0o17` is a string, `0644` is 420). js-yaml's YAML 1.1 schema differs in a dozen of these, so the patterns are ours;
 * test/integration/inventory/pyyaml.test.ts compares them with PyYAML itself.
 */
import { Float } from "../../core/value.ts";

export type Resolved =
  | { readonly as: "str" | "null" | "bool" | "int" | "float"; readonly value: ResolvedValue }
  | { readonly as: "date" | "value" | "merge" | "broken-int" };
type ResolvedValue = string | null | boolean | number | bigint | Float;

const BOOLEANS: ReadonlyMap<string, boolean> = new Map(
  Object.entries({ yes: true, no: false, true: true, false: false, on: true, off: false }).flatMap(
    ([word, value]) =>
      [word, word.toUpperCase(), word.charAt(0).toUpperCase() + word.slice(1)].map(
        (form) => [form, value] as const,
      ),
  ),
);
const NULLS: ReadonlySet<string> = new Set(["", "~", "null", "Null", "NULL"]);
const INTEGER =
  /^(?:[-+]?0b[01_]+|[-+]?0[0-7_]+|[-+]?(?:0|[1-9][0-9_]*)|[-+]?0x[0-9a-fA-F_]+|[-+]?[1-9][0-9_]*(?::[0-5]?[0-9])+)$/;
const FLOAT =
  /^(?:[-+]?[0-9][0-9_]*\.[0-9_]*(?:[eE][-+][0-9]+)?|\.[0-9][0-9_]*(?:[eE][-+][0-9]+)?|[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+\.[0-9_]*|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/;
const DATE =
  /^(?:\d{4}-\d\d-\d\d|\d{4}-\d\d?-\d\d?(?:[Tt]|[ \t]+)\d\d?:\d\d:\d\d(?:\.\d*)?(?:[ \t]*(?:Z|[-+]\d\d?(?::\d\d)?))?)$/;

/** What an unquoted, untagged scalar means. */
export function resolvePlain(text: string): Resolved {
  if (NULLS.has(text)) return { as: "null", value: null };
  const boolean = BOOLEANS.get(text);
  if (boolean !== undefined) return { as: "bool", value: boolean };
  if (INTEGER.test(text)) return integer(text);
  if (FLOAT.test(text)) return { as: "float", value: float(text) };
  if (text === "<<") return { as: "merge" };
  if (text === "=") return { as: "value" };
  if (DATE.test(text)) return { as: "date" };
  return { as: "str", value: text };
}

function integer(text: string): Resolved {
  const digits = text.replace(/^[-+]/, "").replaceAll("_", "");
  const magnitude = unsigned(digits);
  if (magnitude === undefined) return { as: "broken-int" };
  const value = text.startsWith("-") ? -magnitude : magnitude;
  const isSafe = value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER;
  return { as: "int", value: isSafe ? Number(value) : value };
}

function unsigned(digits: string): bigint | undefined {
  if (digits === "0b" || digits === "0x") return undefined;
  if (digits.startsWith("0b") || digits.startsWith("0x")) return BigInt(digits);
  if (digits.startsWith("0")) return BigInt(`0o${digits}`);
  return digits.split(":").reduce((sum, part) => sum * 60n + BigInt(part), 0n);
}

/** @returns a number, or a Float where a number would print as an integer or not at all. */
export function float(text: string): number | Float {
  const sign = text.startsWith("-") ? -1 : 1;
  const digits = text.replace(/^[-+]/, "").replaceAll("_", "").toLowerCase();
  const value = sign * magnitudeOf(digits);
  return Number.isFinite(value) && !Number.isInteger(value) ? value : new Float(value);
}

function magnitudeOf(digits: string): number {
  if (digits === ".inf") return Number.POSITIVE_INFINITY;
  if (digits === ".nan") return Number.NaN;
  // From the last part to the first, as PyYAML adds: the order decides the last bit.
  let unit = 1;
  let sum = 0;
  for (const part of digits.split(":").reverse()) {
    sum += Number(part) * unit;
    unit *= 60;
  }
  return sum;
}
