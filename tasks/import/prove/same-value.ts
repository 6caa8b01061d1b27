/** Compares values: exactly as Ansible does, or by what they mean to the tools. */
import { homedir } from "node:os";
import { canonicalIp } from "../../core/ip.ts";
import { Float, isMap, Tagged, type Value } from "../../core/value.ts";

/** True when the values are the same to Ansible, with types and tags. The order of keys does not count. */
export function isSame(one: Value | undefined, other: Value | undefined): boolean {
  return text(one) === text(other);
}

function text(value: Value | undefined): string {
  if (value === undefined) return "undefined";
  if (typeof value === "bigint") return String(value);
  if (value instanceof Float) return `float ${Object.is(value.value, -0) ? "-0" : value.value}`;
  if (typeof value === "number") return Number.isInteger(value) ? String(value) : `float ${value}`;
  // !unsafe protects braces from templating: without a brace it changes nothing.
  if (value instanceof Tagged) {
    return value.tag === "!unsafe" && !value.text.includes("{")
      ? JSON.stringify(value.text)
      : `${value.tag} ${JSON.stringify(value.text)}`;
  }
  if (Array.isArray(value)) return `[${value.map(text).join(",")}]`;
  if (isMap(value)) {
    const keys = Object.keys(value).sort();
    return `{${keys.map((key) => `${JSON.stringify(key)}:${text(value[key])}`).join(",")}}`;
  }
  return JSON.stringify(value);
}

/** True when both mean the same: "6443" and 6443, `v1.35.4` and `1.35.4`, a list and its text with commas, `~` and $HOME. */
export function meansSame(one: Value | undefined, other: Value | undefined): boolean {
  return isSame(plain(one), plain(other));
}

function plain(value: Value | undefined): Value | undefined {
  if (value === undefined || value === null) return undefined;
  if (value instanceof Tagged) return value;
  if (value instanceof Float) return String(value.value);
  if (Array.isArray(value)) return value.map((item) => plain(item) ?? "").join(",");
  if (isMap(value))
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item) ?? ""]));
  const written = String(value).trim();
  if (written.startsWith("~/")) return `${homedir()}${written.slice(1)}`;
  if (/^(?:yes|on|true)$/i.test(written)) return "true";
  if (/^(?:no|off|false)$/i.test(written)) return "false";
  return written
    .replace(/^v(?=\d+\.\d)/, "")
    .split(/\s*,\s*/)
    .map((part) => canonicalIp(part.replace(/ iburst$/, "")))
    .join(",");
}
