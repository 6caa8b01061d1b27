/**
 * Writes values as JSON on one line, for Ansible's own decoder: encrypted and unsafe strings in its form, integers of any
 * size, floats that stay floats, and Python's NaN and Infinity.
 */
import { floatText, integerText } from "./number-text.ts";
import { Float, isMap, Tagged, type Value } from "./value.ts";

const JSON_NAMES = { infinity: "Infinity", nan: "NaN" };
const TAG_KEYS = { "!vault": "__ansible_vault", "!unsafe": "__ansible_unsafe" } as const;

/** The JSON text, with a space after commas and colons. @throws TypeError for half a surrogate pair. */
export function toJsonText(value: Value): string {
  const parts: string[] = [];
  write(parts, value);
  return parts.join("");
}

/** Appends pieces to a list that is joined once: strings that grow thousands of times would cost time in garbage collection. */
function write(parts: string[], value: Value): void {
  if (typeof value === "string") {
    parts.push(stringText(value));
  } else if (typeof value === "number") {
    parts.push(Number.isInteger(value) ? integerText(value) : floatText(value, JSON_NAMES));
  } else if (value instanceof Tagged) {
    parts.push(`{"${TAG_KEYS[value.tag]}": `, stringText(value.text), "}");
  } else if (value instanceof Float) {
    parts.push(floatText(value.value, JSON_NAMES));
  } else if (Array.isArray(value)) {
    parts.push("[");
    value.forEach((item, index) => {
      if (index > 0) parts.push(", ");
      write(parts, item);
    });
    parts.push("]");
  } else if (isMap(value)) {
    parts.push("{");
    Object.keys(value).forEach((key, index) => {
      if (index > 0) parts.push(", ");
      parts.push(stringText(key), ": ");
      write(parts, value[key] ?? null);
    });
    parts.push("}");
  } else {
    parts.push(String(value));
  }
}

const ORDINARY = /^[ !#-[\]-~]*$/;
// Valid in JSON, but editors show them as line breaks or not at all.
const INVISIBLE = /[\x7f-\x9f\u2028\u2029\ufeff]/g;

function stringText(text: string): string {
  if (ORDINARY.test(text)) return `"${text}"`;
  if (/\p{Surrogate}/u.test(text)) throw new TypeError("half a surrogate pair cannot be written as JSON");
  return JSON.stringify(text).replace(
    INVISIBLE,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** True when a map in `value` has a key that Ansible's JSON decoder treats specially; only YAML can carry such a key. */
export function hasDecoderKeys(value: Value): boolean {
  if (Array.isArray(value)) return value.some(hasDecoderKeys);
  if (!isMap(value)) return false;
  return Object.entries(value).some(
    ([key, item]) => key === "__ansible_vault" || key === "__ansible_unsafe" || hasDecoderKeys(item),
  );
}
