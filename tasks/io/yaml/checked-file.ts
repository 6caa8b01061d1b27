/** A YAML file that a schema describes: read, checked, and every problem at once with file, line and caret. */
import { existsSync, readFileSync } from "node:fs";
import type { z } from "zod";
import { InputError } from "../../core/errors.ts";
import { formatPath, type InventoryPath } from "../../core/path.ts";
import type { Problem } from "../../core/problem.ts";
import { type SchemaComplaint, type SchemaReading, schemaComplaints } from "../../core/schema-complaints.ts";
import { originOf, type Place, readYaml, SourceText, toValue, type YamlNode } from "../yaml.ts";

export interface CheckedFile {
  /** As shown in messages. */
  readonly shownAs: string;
  /** What the file holds, such as "the pins": said when it is missing or wrong. */
  readonly purpose: string;
  /** How the schema's problems are named. */
  readonly reading: SchemaReading;
  /** What to do when the file does not exist. */
  readonly whenMissing: string;
}

/** @throws InputError with all problems of the file. */
export function readChecked<Schema extends z.ZodType>(
  path: string,
  file: CheckedFile,
  schema: Schema,
): z.output<Schema> {
  if (!existsSync(path))
    throw new InputError(`${file.shownAs} does not exist: it holds ${file.purpose}`, {
      remedy: file.whenMissing,
    });
  return parseChecked(readFileSync(path, "utf8"), file, schema).data;
}

export interface CheckedText<Data> {
  readonly data: Data;
  /** A problem at a path, for checks that no schema can make. */
  readonly problemAt: (complaint: SchemaComplaint) => Problem;
}

/** As readChecked, from a text. */
export function parseChecked<Schema extends z.ZodType>(
  text: string,
  file: CheckedFile,
  schema: Schema,
): CheckedText<z.output<Schema>> {
  const { root, problems } = readYaml(new SourceText(file.shownAs, text));
  if (problems.length > 0) throw invalidFile(file, problems);
  if (root === undefined) throw invalidFile(file, [emptyFile(file)]);
  const value = toValue(root);
  const parsed = schema.safeParse(value);
  const problemAt = (complaint: SchemaComplaint): Problem => problemIn(root, complaint);
  if (parsed.success) return { data: parsed.data, problemAt };
  throw invalidFile(file, schemaComplaints(parsed.error.issues, value, file.reading).map(problemAt));
}

/** One error for all problems of a file. */
export function invalidFile({ shownAs, purpose }: CheckedFile, problems: readonly Problem[]): InputError {
  const count = problems.length === 1 ? "1 problem" : `${problems.length} problems`;
  return new InputError(`${shownAs} cannot be used: ${count}`, {
    problems,
    remedy: `correct it: it holds ${purpose}`,
  });
}

function emptyFile({ shownAs, reading }: CheckedFile): Problem {
  return {
    code: reading.codes.missing,
    severity: "error",
    message: `${shownAs} is empty`,
    remedy: `${reading.guide} describes its contents`,
  };
}

function problemIn(root: YamlNode, { path, at, code, message, remedy }: SchemaComplaint): Problem {
  const place = placeAt(root, path, at ?? "value") ?? root;
  const written = place.source.text.slice(place.start, place.end);
  return {
    code,
    severity: "error",
    message,
    remedy: typeof remedy === "string" ? remedy : remedy(written),
    path: formatPath(path),
    origin: originOf(place),
    line: place.source.lineAt(place.start),
  };
}

/** The value at a path, or its key; else the nearest key above it. */
function placeAt(root: YamlNode, path: InventoryPath, at: "key" | "value"): Place | undefined {
  for (let length = path.length; length > 0; length -= 1) {
    const parent = nodeAt(root, path.slice(0, length - 1));
    const last = path[length - 1];
    if (parent?.kind === "map") {
      const entry = parent.entries.get(String(last));
      if (entry === undefined) continue;
      const isItself = length === path.length && at === "value";
      return isItself && entry.value.kind === "scalar" ? entry.value : entry.key;
    }
    const node = nodeAt(root, path.slice(0, length));
    if (node !== undefined) return node;
  }
  return undefined;
}

function nodeAt(root: YamlNode, path: InventoryPath): YamlNode | undefined {
  let node: YamlNode | undefined = root;
  for (const part of path) {
    if (node?.kind === "map") node = node.entries.get(String(part))?.value;
    else if (node?.kind === "list") node = node.items[Number(part)];
    else return undefined;
  }
  return node;
}
