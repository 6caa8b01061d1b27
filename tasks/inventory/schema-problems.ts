/** zod's issues → problems with place, nearest name and remedy. */
import type { z } from "zod";
import { closest } from "../core/closest.ts";
import { formatPath, type InventoryPath } from "../core/path.ts";
import type { Problem } from "../core/problem.ts";
import { Float, isMap, Tagged, type Value } from "../core/value.ts";
import type { Layer } from "./layers.ts";
import { problemAtNode } from "./problems.ts";
import { placeIn } from "./trace.ts";

type Issue = z.core.$ZodIssue;

interface Complaint {
  readonly path: InventoryPath;
  readonly at?: "key" | "value";
  readonly code: string;
  readonly message: string;
  readonly remedy: string;
}

/** @param knownKeys the keys that the schema has at a path, for "did you mean". */
export function schemaProblems(
  issues: readonly Issue[],
  value: Value,
  layers: readonly Layer[],
  knownKeys: (path: InventoryPath) => readonly string[],
): Problem[] {
  const problems: Problem[] = [];
  const seen = new Set<string>();
  for (const issue of issues) {
    for (const complaint of complaintsOf(issue, value, knownKeys)) {
      const problem = locate(complaint, layers);
      // A host range repeats one mistake for each of its hosts: say it once.
      const { file, line, column } = problem.origin ?? { file: problem.path, line: 0, column: 0 };
      const key = `${problem.code} ${file}:${line}:${column} ${problem.origin === undefined ? problem.message : ""}`;
      if (!seen.has(key)) problems.push(problem);
      seen.add(key);
    }
  }
  return problems;
}

function locate({ path, at, code, message, remedy }: Complaint, layers: readonly Layer[]): Problem {
  const shown = formatPath(path);
  for (let length = path.length; length > 0; length -= 1) {
    const place = placeIn(layers, path.slice(0, length), length === path.length ? at : "key");
    if (place !== undefined) return problemAtNode(place, { code, message, remedy, path: shown });
  }
  return { code, message, remedy, severity: "error", path: shown };
}

function complaintsOf(
  issue: Issue,
  root: Value,
  knownKeys: (path: InventoryPath) => readonly string[],
): Complaint[] {
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
      if (typeof value !== "string")
        return [wrongType(path, "one of the words below", value, issue.values.map(String))];
      return [unknownWord(path, value, issue.values.map(String))];
    case "invalid_union":
      return complaintsOf(
        {
          ...bestBranch(issue.errors, value),
          path: [...path, ...bestBranch(issue.errors, value).path],
        } as Issue,
        root,
        knownKeys,
      );
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

function unknownKey(path: InventoryPath, key: string, known: readonly string[]): Complaint {
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

function missing(path: InventoryPath): Complaint {
  return {
    path,
    code: "KM102",
    message: `${formatPath(path)} is missing`,
    remedy: `add ${JSON.stringify(path.at(-1))}; docs/inventory.md describes it`,
  };
}

function wrongType(
  path: InventoryPath,
  expected: string,
  value: Value,
  words?: readonly string[],
): Complaint {
  const wanted = TYPE_NAMES[expected] ?? expected;
  const found = describe(value);
  const wantsText = expected === "string" || words !== undefined;
  const isScalar = ["number", "bigint", "boolean"].includes(typeof value) || value instanceof Float;
  let remedy = words === undefined ? `write ${wanted}` : `write one of ${words.join(", ")}`;
  if (wantsText && isScalar && words === undefined)
    remedy = `quote the value, exactly as it should read: "…"`;
  if (expected === "array" && !isMap(value)) remedy = "write it as a list: [ … ]";
  return {
    path,
    code: "KM101",
    message: `${formatPath(path)} must be ${words === undefined ? wanted : "a word"}, not ${found}`,
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

function unknownWord(path: InventoryPath, value: string, words: readonly string[]): Complaint {
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

/** Of the alternatives of a union, the one whose type the user meant: its first issue is not about the type. */
function bestBranch(errors: readonly (readonly Issue[])[], _value: Value | undefined): Issue {
  const meant = errors.find((issues) =>
    issues.some(({ code, path }) => code !== "invalid_type" || path.length > 0),
  );
  return (meant ?? errors[0])?.[0] as Issue;
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
