/**
 * Values → JSON on one line, as Ansible's own decoder reads it: encrypted and unsafe strings in its notation,
 * integers of any size, floats that stay floats, and Python's NaN and Infinity.
 */
import { floatText, integerText } from "./number-text.ts";
import { Float, isMap, Tagged, type Value } from "./value.ts";

const JSON_NAMES = { infinity: "Infinity", nan: "NaN" };
const TAG_KEYS = { "!vault": "__ansible_vault", "!unsafe": "__ansible_unsafe" } as const;

/** Compact, with a space after commas and colons. */
export function toJsonText(value: Value): string {
  if (typeof value === "string") return stringText(value);
  if (typeof value === "number") {
    return Number.isInteger(value) ? integerText(value) : floatText(value, JSON_NAMES);
  }
  if (value instanceof Tagged) return `{"${TAG_KEYS[value.tag]}": ${stringText(value.text)}}`;
  if (value instanceof Float) return floatText(value.value, JSON_NAMES);
  if (Array.isArray(value)) return `[${value.map(toJsonText).join(", ")}]`;
  if (isMap(value)) {
    const members = Object.entries(value).map(([key, item]) => `${stringText(key)}: ${toJsonText(item)}`);
    return `{${members.join(", ")}}`;
  }
  return String(value);
}

// Valid in JSON as they are, but an editor takes them for line breaks or shows nothing.
const INVISIBLE = /[\x7f-\x9f\u2028\u2029\ufeff]/g;

function stringText(text: string): string {
  const json = JSON.stringify(text);
  if (json.search(INVISIBLE) < 0) return json;
  return json.replace(INVISIBLE, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/** True when a mapping in `value` uses one of the decoder's own keys, which only YAML can carry as an ordinary key. */
export function hasDecoderKeys(value: Value): boolean {
  if (Array.isArray(value)) return value.some(hasDecoderKeys);
  if (!isMap(value)) return false;
  return Object.entries(value).some(
    ([key, item]) => key === "__ansible_vault" || key === "__ansible_unsafe" || hasDecoderKeys(item),
  );
}
