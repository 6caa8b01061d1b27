/** zod's issues → problems with place, nearest name and remedy. */
import type { z } from "zod";
import { closest } from "../../core/closest.ts";
import { formatPath, type InventoryPath } from "../../core/path.ts";
import type { Problem } from "../../core/problem.ts";
import { Float, isMap, Tagged, type Value } from "../../core/value.ts";
import type { Layer } from "../layers/layer.ts";
import { type ComplaintAtPath, problemsAtPaths } from "./problem-places.ts";

type Issue = z.core.$ZodIssue;

/** @param knownKeys the keys that the schema has at a path, for "did you mean". */
export function schemaProblems(
  issues: readonly Issue[],
  value: Value,
  layers: readonly Layer[],
  knownKeys: (path: InventoryPath) => readonly string[],
): Problem[] {
  return problemsAtPaths(
    layers,
    issues.flatMap((issue) => complaintsOf(issue, value, knownKeys)),
  );
}

function complaintsOf(
  issue: Issue,
  root: Value,
  knownKeys: (path: InventoryPath) => readonly string[],
): ComplaintAtPath[] {
  const path = issue.path as (string | number)[];
  const shown = formatPath(path);
  const value = valueAt(root, path);
  switch (issue.code) {
    case "unrecognized_keys":
      return issue.keys.map((key) => unknownKey(path, key, knownKeys(path)));
    case "invalid_type":
      if (value === undefined) return [missing(path)];
      return [wrongType(path, issue.expected, value)];
    case "invalid_value":
      if (value === undefined) return [missing(path)];
      if (typeof value !== "string") return [wrongType(path, "string", value)];
      return [unknownWord(path, value, issue.values.map(String))];
    case "invalid_union":
      // The key that tells the alternatives apart says none of them.
      if (issue.errors.length === 0)
        return [value === undefined ? missing(path) : noAlternative(path, issue)];
      return branchOf(issue.errors, path).flatMap((inner) => complaintsOf(inner, root, knownKeys));
    case "too_small":
    case "too_big":
      return [{ path, code: "KM103", ...outOfRange(shown, issue, value) }];
    case "custom":
      return [
        {
          path,
          code: "KM103",
          message: `${shown}: ${issue.message}`,
          remedy: String(issue.params?.remedy ?? "correct the value"),
        },
      ];
    default:
      return [{ path, code: "KM103", message: `${shown}: ${issue.message}`, remedy: "correct the value" }];
  }
}

function unknownKey(path: InventoryPath, key: string, keys: readonly string[]): ComplaintAtPath {
  // Alternatives share keys, and the one that was chosen may lack what another has.
  const known = [...new Set(keys)].filter((other) => other !== key);
  const near = closest(key, known);
  const where = path.length === 0 ? "the inventory" : formatPath(path);
  return {
    path: [...path, key],
    at: "key",
    code: "KM100",
    message: `unknown key "${key}" in ${where}${near === undefined ? "" : `, did you mean "${near}"?`}`,
    remedy: `known keys: ${known.join(", ")}`,
  };
}

function missing(path: InventoryPath): ComplaintAtPath {
  return {
    path,
    code: "KM102",
    message: `${formatPath(path)} is missing`,
    remedy: `add ${JSON.stringify(path.at(-1))}; docs/inventory.md describes it`,
  };
}

function wrongType(path: InventoryPath, expected: string, value: Value): ComplaintAtPath {
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
    code: "KM101",
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

function noAlternative(path: InventoryPath, issue: Issue): ComplaintAtPath {
  const message = `${formatPath(path)} ${issue.message}`;
  return { path, code: "KM103", message, remedy: "docs/inventory.md says what each of them is for" };
}

function unknownWord(path: InventoryPath, value: string, words: readonly string[]): ComplaintAtPath {
  const near = closest(value, words);
  return {
    path,
    code: "KM103",
    message: `${formatPath(path)}: "${value}" is not known${near === undefined ? "" : `, did you mean "${near}"?`}`,
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
    remedy: `write a number of ${limit}`,
  };
}

/** Of the alternatives of a union, the issues of the one that the user meant: not all of them are about the type. */
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

export function valueAt(root: Value, path: InventoryPath): Value | undefined {
  let value: Value | undefined = root;
  for (const part of path) {
    if (Array.isArray(value)) value = value[Number(part)];
    else if (isMap(value) && Object.hasOwn(value, part)) value = value[part];
    else return undefined;
  }
  return value;
}
