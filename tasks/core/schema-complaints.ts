/**
 * Turns zod's issues about a file of the user into paths, messages and remedies. No other file does this. The caller finds
 * the line of each path.
 */
import type { z } from "zod";
import { closest } from "./closest.ts";
import { formatPath, type InventoryPath } from "./path.ts";
import { Float, isMap, Tagged, type Value } from "./value.ts";

type Issue = z.core.$ZodIssue;

/** A mistake at a path, before its place in the file is known. */
export interface SchemaComplaint {
  readonly path: InventoryPath;
  /** Point at the key rather than at the value. */
  readonly at?: "key" | "value";
  readonly code: string;
  readonly message: string;
  /** A function when it depends on the text that is written at the place. */
  readonly remedy: string | ((written: string) => string);
}

/** Codes of problems, as docs/rules.md lists them. */
export interface SchemaCodes {
  readonly unknownKey: string;
  readonly type: string;
  readonly missing: string;
  readonly value: string;
}

/** What the messages say about the file. */
export interface SchemaReading {
  readonly codes: SchemaCodes;
  /** Name of the file in a message: "the inventory". */
  readonly document: string;
  /** Page of the docs that describes every key. */
  readonly guide: string;
  /** The keys that the schema has at a path, for "did you mean". */
  readonly knownKeys: (path: InventoryPath) => readonly string[];
}

/** One complaint for each mistake. @param value what the schema checked */
export function schemaComplaints(
  issues: readonly Issue[],
  value: Value,
  reading: SchemaReading,
): SchemaComplaint[] {
  return issues.flatMap((issue) => complaintsOf(issue, value, reading));
}

function complaintsOf(issue: Issue, root: Value, reading: SchemaReading): SchemaComplaint[] {
  const { codes, knownKeys } = reading;
  const path = issue.path as (string | number)[];
  const shown = formatPath(path);
  const value = valueAt(root, path);
  switch (issue.code) {
    case "unrecognized_keys":
      return issue.keys.map((key) => unknownKey(path, key, knownKeys(path), reading));
    case "invalid_type":
      if (value === undefined) return [missing(path, reading)];
      return [wrongType(path, issue.expected, value, codes)];
    case "invalid_value":
      if (value === undefined) return [missing(path, reading)];
      if (typeof value !== "string") return [wrongType(path, "string", value, codes)];
      return [unknownWord(path, value, issue.values.map(String), codes)];
    case "invalid_union":
      // The value of the discriminating key, such as backup.repository.kind, is none of the alternatives.
      if (issue.errors.length === 0)
        return [value === undefined ? missing(path, reading) : noAlternative(path, issue, reading)];
      return branchOf(issue.errors, path).flatMap((inner) => complaintsOf(inner, root, reading));
    case "too_small":
    case "too_big":
      return [{ path, code: codes.value, ...outOfRange(shown, issue, value) }];
    case "custom":
      return [
        {
          path,
          code: codes.value,
          message: `${shown}: ${issue.message}`,
          remedy: String(issue.params?.remedy ?? "correct the value"),
        },
      ];
    case "invalid_key": {
      const [inner] = issue.issues;
      return [
        {
          path,
          at: "key",
          code: codes.value,
          message: `${shown}: ${inner?.message ?? issue.message}`,
          remedy: "correct the name",
        },
      ];
    }
    default:
      return [
        { path, code: codes.value, message: `${shown}: ${issue.message}`, remedy: "correct the value" },
      ];
  }
}

function unknownKey(
  path: InventoryPath,
  key: string,
  keys: readonly string[],
  { codes, document }: SchemaReading,
): SchemaComplaint {
  // The keys of all alternatives: another one may have this key, but not the one that was chosen.
  const known = [...new Set(keys)].filter((other) => other !== key);
  const near = closest(key, known);
  const where = path.length === 0 ? document : formatPath(path);
  return {
    path: [...path, key],
    at: "key",
    code: codes.unknownKey,
    message: `unknown key "${key}" in ${where}${near === undefined ? "" : `, did you mean "${near}"?`}`,
    remedy: known.length === 0 ? "remove the key" : `use one of these keys: ${known.join(", ")}`,
  };
}

function missing(path: InventoryPath, { codes, guide }: SchemaReading): SchemaComplaint {
  return {
    path,
    code: codes.missing,
    message: `${formatPath(path)} is missing`,
    remedy: `add ${JSON.stringify(path.at(-1))}; ${guide} describes it`,
  };
}

function wrongType(path: InventoryPath, expected: string, value: Value, codes: SchemaCodes): SchemaComplaint {
  const kinds = expected.split("|");
  const wanted = [...new Set(kinds.map((kind) => TYPE_NAMES[kind] ?? kind))].join(" or ");
  const isScalar = !Array.isArray(value) && !isMap(value) && value !== null && !(value instanceof Tagged);
  const remedy =
    kinds.includes("string") && isScalar && typeof value !== "string"
      ? (written: string) => `quote it: "${written}"`
      : kinds.includes("array") && isScalar
        ? (written: string) => `write it as a list: [${written}]`
        : `write ${wanted}`;
  return {
    path,
    code: codes.type,
    message: `${formatPath(path)} must be ${wanted}, not ${describe(value)}`,
    remedy,
  };
}

const TYPE_NAMES: Readonly<Record<string, string>> = {
  string: "text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "a list",
  object: "a map",
  record: "a map",
};

function describe(value: Value): string {
  if (value === null) return "empty";
  if (value instanceof Tagged) return `a ${value.tag} value`;
  if (value instanceof Float) return `the number ${value.value}`;
  if (Array.isArray(value)) return "a list";
  if (isMap(value)) return "a map";
  if (typeof value === "string") return `the text "${value.length > 40 ? `${value.slice(0, 40)}…` : value}"`;
  if (typeof value === "boolean") return `the boolean ${value}`;
  return `the number ${value}`;
}

function noAlternative(path: InventoryPath, issue: Issue, { codes, guide }: SchemaReading): SchemaComplaint {
  const message = `${formatPath(path)} ${issue.message}`;
  return { path, code: codes.value, message, remedy: `choose one of them; ${guide} describes each` };
}

function unknownWord(
  path: InventoryPath,
  value: string,
  words: readonly string[],
  codes: SchemaCodes,
): SchemaComplaint {
  const near = closest(value, words);
  return {
    path,
    code: codes.value,
    message: `${formatPath(path)}: "${value}" is not possible${near === undefined ? "" : `, did you mean "${near}"?`}`,
    remedy: `write one of ${words.join(", ")}`,
  };
}

function outOfRange(
  shown: string,
  issue: Issue,
  value: Value | undefined,
): { message: string; remedy: string } {
  if (issue.code === "too_small" && issue.origin !== "number" && issue.origin !== "int") {
    return { message: `${shown} is empty`, remedy: "give it a value, or remove the key" };
  }
  const limit =
    issue.code === "too_small"
      ? `at least ${issue.minimum}`
      : issue.code === "too_big"
        ? `at most ${issue.maximum}`
        : "";
  return {
    message: `${shown} is ${String(value)}, it must be ${limit}`,
    remedy: `write a number that is ${limit}`,
  };
}

/** The issues of the alternative that the user meant: the first one whose type fits. */
function branchOf(errors: readonly (readonly Issue[])[], path: InventoryPath): Issue[] {
  const isAboutType = ({ code, path: inner }: Issue) => code === "invalid_type" && inner.length === 0;
  const meant = errors.find((issues) => issues.length > 0 && !issues.some(isAboutType));
  if (meant !== undefined)
    return meant.map((issue) => ({ ...issue, path: [...path, ...issue.path] }) as Issue);
  const expected = errors.flatMap((issues) =>
    issues.flatMap((issue) => (issue.code === "invalid_type" ? issue.expected : [])),
  );
  const first = errors[0]?.[0];
  return first === undefined
    ? []
    : [{ ...first, path: [...path], expected: expected.join("|") } as unknown as Issue];
}

/** The value at a path; undefined when there is none. */
export function valueAt(root: Value, path: InventoryPath): Value | undefined {
  let value: Value | undefined = root;
  for (const part of path) {
    if (Array.isArray(value)) value = value[Number(part)];
    else if (isMap(value) && Object.hasOwn(value, part)) value = value[part];
    else return undefined;
  }
  return value;
}
