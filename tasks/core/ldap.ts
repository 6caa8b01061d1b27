/** LDAP's distinguished names (RFC 4514) and search filters (RFC 4515), as text. */

/** Escapes a value for a filter: `*`, parentheses, backslash and NUL become \2a, \28, \29, \5c, \00. */
export function escapeFilterValue(text: string): string {
  return text.replace(/[*()\\\0]/g, (char) => `\\${char.charCodeAt(0).toString(16).padStart(2, "0")}`);
}

const ATTRIBUTE = /^[A-Za-z][A-Za-z0-9-]*(?:;[A-Za-z0-9-]+)*$|^\d+(?:\.\d+)+$/;

/** True for the name or the OID of an attribute, with or without options. */
export function isAttributeName(text: string): boolean {
  return ATTRIBUTE.test(text);
}

/** Why a text is not a filter; undefined when it is one. */
export function filterProblem(text: string): string | undefined {
  const parser = { text, at: 0 };
  const problem = parseFilter(parser, 0);
  if (problem !== undefined) return problem;
  return parser.at < text.length ? `"${text.slice(parser.at)}" is left over at its end` : undefined;
}

interface Parser {
  readonly text: string;
  at: number;
}

function parseFilter(parser: Parser, depth: number): string | undefined {
  if (depth > 50) return "it is nested too deeply";
  if (parser.text[parser.at] !== "(")
    return `a parenthesis is missing before "${parser.text.slice(parser.at)}"`;
  parser.at++;
  const kind = parser.text[parser.at];
  if (kind === "&" || kind === "|" || kind === "!") {
    parser.at++;
    for (let count = 0; count === 0 || (kind !== "!" && parser.text[parser.at] === "("); count++) {
      const problem = parseFilter(parser, depth + 1);
      if (problem !== undefined) return problem;
    }
  } else {
    const end = parser.text.slice(parser.at).search(/[()]/);
    const item = end < 0 ? parser.text.slice(parser.at) : parser.text.slice(parser.at, parser.at + end);
    const problem = itemProblem(item);
    if (problem !== undefined) return problem;
    parser.at += item.length;
  }
  if (parser.text[parser.at] !== ")") return "a closing parenthesis is missing";
  parser.at++;
  return undefined;
}

/** `attribute=value`, with the comparisons of RFC 4515. */
function itemProblem(item: string): string | undefined {
  const found = /^([^=~<>:]*)(?::dn)?(?::[A-Za-z0-9.-]+)?(?:=|~=|>=|<=|:=)(.*)$/su.exec(item);
  if (found === null) return `"${item}" is not a comparison`;
  const [, attribute = "", value = ""] = found;
  if (!ATTRIBUTE.test(attribute) && !(attribute === "" && item.includes(":=")))
    return `"${attribute}" is not an attribute`;
  if (/\\(?![0-9A-Fa-f]{2})/.test(value))
    return `a backslash in "${value}" is not followed by two hex digits`;
  return value.includes("\0") ? "it contains a NUL byte" : undefined;
}

/** A distinguished name in one form: its parts, from the entry up. */
export type NormalDn = readonly string[];

/**
 * Normalises a distinguished name: case, blanks around separators and the form of escapes do not count, as in most
 * directories. Undefined when the text is not one.
 * `CN=Smith\, Jo,OU=x` → ["cn=smith, jo", "ou=x"]
 */
export function normalDn(text: string): NormalDn | undefined {
  if (text.trim() === "") return [];
  const parts: string[] = [];
  for (const rdn of splitUnescaped(text, ",")) {
    const pairs: string[] = [];
    for (const pair of splitUnescaped(rdn, "+")) {
      const read = readPair(pair);
      if (read === undefined) return undefined;
      pairs.push(`${read.attribute.toLowerCase()}=${fold(read.value)}`);
    }
    parts.push(pairs.sort().join("+"));
  }
  return parts;
}

/** The first part of a DN: `uid=jo,ou=x` → { attribute: "uid", value: "jo" }; of several values in it, the first one. */
export function firstName(dn: string): { readonly attribute: string; readonly value: string } | undefined {
  const [rdn = ""] = splitUnescaped(dn, ",");
  return readPair(splitUnescaped(rdn, "+")[0] ?? "");
}

/** True when a DN is the base itself or is below it. */
export function isWithin(dn: NormalDn, base: NormalDn): boolean {
  const offset = dn.length - base.length;
  return offset >= 0 && base.every((part, index) => dn[offset + index] === part);
}

/** True when both name the same entry. */
export function sameDn(a: NormalDn, b: NormalDn): boolean {
  return a.length === b.length && isWithin(a, b);
}

function fold(value: string): string {
  return value.normalize("NFC").toLowerCase().replace(/ +/g, " ").trim();
}

function splitUnescaped(text: string, separator: string): string[] {
  const parts = [""];
  for (let at = 0; at < text.length; at++) {
    const char = text[at] ?? "";
    if (char === "\\") parts[parts.length - 1] += char + (text[++at] ?? "");
    else if (char === separator) parts.push("");
    else parts[parts.length - 1] += char;
  }
  return parts;
}

function readPair(text: string): { readonly attribute: string; readonly value: string } | undefined {
  const equals = text.indexOf("=");
  const attribute = text.slice(0, equals).trim();
  if (equals < 0 || !ATTRIBUTE.test(attribute)) return undefined;
  const value = unescaped(text.slice(equals + 1).trim());
  return value === undefined ? undefined : { attribute, value };
}

/** Escapes are single characters, or the bytes of UTF-8 in hex. */
function unescaped(value: string): string | undefined {
  const bytes: number[] = [];
  const encoder = new TextEncoder();
  for (let at = 0; at < value.length; ) {
    const hex = /^\\([0-9A-Fa-f]{2})/.exec(value.slice(at, at + 3));
    if (hex?.[1] !== undefined) {
      bytes.push(Number.parseInt(hex[1], 16));
      at += 3;
      continue;
    }
    if (value[at] === "\\") at++;
    const char = String.fromCodePoint(value.codePointAt(at) ?? 0);
    if (at >= value.length) return undefined;
    bytes.push(...encoder.encode(char));
    at += char.length;
  }
  return new TextDecoder().decode(Uint8Array.from(bytes));
}
