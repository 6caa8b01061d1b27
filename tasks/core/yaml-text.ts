/**
 * Writes values as block YAML for people. PyYAML, which Ansible uses (YAML 1.1), reads back the identical values. A text is
 * quoted unless every reader takes it for this text.
 */
import { floatText, integerText } from "./number-text.ts";
import { Float, isMap, Tagged, type Value } from "./value.ts";

const STEP = "  ";

/** One YAML document, ending in a newline. Maps keep their order. @throws TypeError for half a surrogate pair. */
export function toYaml(value: Value): string {
  const lines: string[] = [];
  writeNode(lines, "", "", value);
  return `${lines.join("\n")}\n`;
}

/** Writes a value after `lead` (such as `key:` or `-`, already indented); nested lines get `indent`. */
function writeNode(lines: string[], lead: string, indent: string, value: Value): void {
  if (Array.isArray(value)) {
    writeList(lines, lead, indent, value);
  } else if (isMap(value)) {
    writeMap(lines, lead, indent, Object.entries(value));
  } else {
    const [first = "", ...rest] = scalarLines(value as Exclude<Value, object> | Tagged | Float);
    lines.push(join(lead, first));
    for (const line of rest) lines.push(line === "" ? "" : indent + STEP.repeat(lead === "" ? 1 : 0) + line);
  }
}

function writeList(lines: string[], lead: string, indent: string, items: readonly Value[]): void {
  if (items.length === 0) {
    lines.push(join(lead, "[]"));
    return;
  }
  const start = openBlock(lines, lead);
  items.forEach((item, index) => {
    const dash = index === 0 && start !== undefined ? `${start}-` : `${indent}-`;
    writeNode(lines, dash, indent + STEP, item);
  });
}

function writeMap(lines: string[], lead: string, indent: string, entries: [string, Value][]): void {
  if (entries.length === 0) {
    lines.push(join(lead, "{}"));
    return;
  }
  const start = openBlock(lines, lead);
  entries.forEach(([key, item], index) => {
    const text = keyText(key);
    const left = index === 0 && start !== undefined ? start : indent;
    // YAML refuses a key of more than 1,024 characters, unless a question mark is before it.
    if (text.length > 1000) {
      lines.push(`${left}? ${text}`);
      writeNode(lines, `${indent}:`, indent + STEP, item);
    } else {
      writeNode(lines, `${left}${text}:`, indent + STEP, item);
    }
  });
}

/** A block in a list item starts on the line of the dash, any other on the next line; the root has no lead. */
function openBlock(lines: string[], lead: string): string | undefined {
  if (lead === "") return undefined;
  if (/^ *(?:- )*-$/.test(lead)) return `${lead} `;
  lines.push(lead);
  return undefined;
}

function join(lead: string, text: string): string {
  return lead === "" ? text : `${lead} ${text}`;
}

function scalarLines(value: string | number | bigint | boolean | null | Tagged | Float): string[] {
  if (typeof value === "string") return stringLines(value);
  if (value instanceof Tagged) {
    const [first = "", ...rest] = blockLines(value.text) ?? [quoted(value.text)];
    return isTyped(value.text) ? [first] : [`${value.tag} ${first}`, ...rest];
  }
  if (value instanceof Float) return [floatText(value.value, YAML_NAMES)];
  if (typeof value === "number") {
    return [Number.isInteger(value) ? integerText(value) : floatText(value, YAML_NAMES)];
  }
  return [String(value)];
}

const YAML_NAMES = { infinity: ".inf", nan: ".nan" };

function keyText(key: string): string {
  return isPlain(key) ? key : quoted(key);
}

function stringLines(text: string): string[] {
  if (isPlain(text)) return [text];
  return blockLines(text) ?? [quoted(text)];
}

const PLAIN = /^[A-Za-z0-9_/][A-Za-z0-9_./@%+,=:~^()<>;*!?&|$ -]*$/;
const IPV4 = /^\d{1,3}(\.\d{1,3}){3}(\/\d{1,2})?$/;
const RESERVED = /^(?:y|n|yes|no|true|false|on|off|null|nan|inf)$/i;

/**
 * True for text that YAML 1.1 reads as a number, a date or a constant without quotes. ansible-core 2.19 reads `!unsafe "0644"`
 * as a number, with or without quotes. The tag only protects braces, so it is dropped.
 */
function isTyped(text: string): boolean {
  return text === "" || RESERVED.test(text) || /^(?:[-+.\d][\w:.+ -]*|~|=|<<)$/.test(text);
}

/** True for text that no YAML 1.1 or 1.2 reader takes for anything but this string. */
function isPlain(text: string): boolean {
  if (text.length > 1000 || !PLAIN.test(text) || RESERVED.test(text)) return false;
  if (/^\d/.test(text) && !IPV4.test(text)) return false;
  return !/: |:$| $/.test(text);
}

/** Literal block (`|`), for text of several ordinary lines; undefined when a block could not hold the exact text. */
function blockLines(text: string): string[] | undefined {
  if (
    !text.includes("\n") ||
    text.endsWith("\n\n") ||
    !/^[^\s]/.test(text) ||
    UNPRINTABLE_IN_BLOCK.test(text)
  ) {
    return undefined;
  }
  const chomp = text.endsWith("\n") ? "" : "-";
  const lines = (chomp === "" ? text.slice(0, -1) : text).split("\n");
  if (lines.some((line) => line !== "" && line.trim() === "")) return undefined;
  return [`|${chomp}`, ...lines];
}

// Control characters, the line breaks that only YAML 1.1 has (NEL, LS, PS), byte-order mark, non-characters.
const UNPRINTABLE = /[\p{Cc}\u2028\u2029\ufeff\ufffe\uffff]/gu;
const UNPRINTABLE_IN_BLOCK = /(?!\n)[\p{Cc}\p{Surrogate}\u2028\u2029\ufeff\ufffe\uffff]/u;
const SHORT_ESCAPES: Readonly<Record<string, string>> = {
  "\n": "\\n",
  "\t": "\\t",
  "\r": "\\r",
  "\0": "\\0",
};

function quoted(text: string): string {
  if (/\p{Surrogate}/u.test(text)) throw new TypeError("half a surrogate pair cannot be written as YAML");
  if (/["\\]/.test(text) && text.search(UNPRINTABLE) < 0) return `'${text.replaceAll("'", "''")}'`;
  const escaped = text.replace(/["\\]/g, "\\$&").replace(UNPRINTABLE, (char) => {
    const code = char.charCodeAt(0);
    const hex = code.toString(16);
    return SHORT_ESCAPES[char] ?? (code < 256 ? `\\x${hex.padStart(2, "0")}` : `\\u${hex.padStart(4, "0")}`);
  });
  return `"${escaped}"`;
}
