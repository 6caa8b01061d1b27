/** A YAML file of ours, read and checked against its schema; every problem at once, each with its place. */
import { existsSync, readFileSync } from "node:fs";
import type { z } from "zod";
import { closest } from "../core/closest.ts";
import { InputError } from "../core/errors.ts";
import { formatPath } from "../core/path.ts";
import type { Problem } from "../core/problem.ts";
import { originOf, type Place, readYaml, SourceText, toValue, type YamlNode } from "../io/yaml.ts";

type Issue = z.core.$ZodIssue;
type Path = readonly (string | number)[];

export interface CheckedFile {
  readonly path: string;
  /** As shown in messages. */
  readonly shownAs: string;
  /** What the file is for, such as "the pins": said when it is missing or wrong. */
  readonly purpose: string;
  /** Keys of the schema at a path, for "did you mean". */
  readonly knownKeys?: (path: Path) => readonly string[];
}

/** @throws InputError with all problems of the file. */
export function readChecked<Schema extends z.ZodType>(file: CheckedFile, schema: Schema): z.output<Schema> {
  if (!existsSync(file.path)) {
    throw new InputError(`${file.shownAs} does not exist: it holds ${file.purpose}`, {
      remedy: "restore it: git checkout -- vendor/",
    });
  }
  return parseChecked(readFileSync(file.path, "utf8"), file, schema);
}

/** As readChecked, from a text. */
export function parseChecked<Schema extends z.ZodType>(
  text: string,
  file: Omit<CheckedFile, "path">,
  schema: Schema,
): z.output<Schema> {
  const { root, problems } = readYaml(new SourceText(file.shownAs, text));
  if (problems.length > 0 || root === undefined) throw invalid(file, problems);
  const parsed = schema.safeParse(toValue(root));
  if (parsed.success) return parsed.data;
  throw invalid(
    file,
    parsed.error.issues.flatMap((issue) => problemsOf(issue, root, file)),
  );
}

function invalid(file: Omit<CheckedFile, "path">, problems: readonly Problem[]): InputError {
  const count = problems.length === 0 ? "it is empty" : `${problems.length} problem(s)`;
  return new InputError(`${file.shownAs} cannot be used: ${count}`, {
    problems,
    remedy: `correct it: it holds ${file.purpose}`,
  });
}

function problemsOf(issue: Issue, root: YamlNode, file: Omit<CheckedFile, "path">): Problem[] {
  const path = issue.path as Path;
  if (issue.code === "unrecognized_keys") {
    const known = file.knownKeys?.(path) ?? [];
    return issue.keys.map((key) => {
      const near = closest(key, known);
      return problemAt(root, [...path, key], {
        code: "KM401",
        message: `unknown key "${key}"${near === undefined ? "" : `, did you mean "${near}"?`}`,
        remedy: known.length === 0 ? "remove it" : `known keys: ${known.join(", ")}`,
      });
    });
  }
  const found = nodeAt(root, path);
  if (found === undefined) {
    return [
      problemAt(root, path, {
        code: "KM402",
        message: `${formatPath(path)} is missing`,
        remedy: `add ${String(path.at(-1))}`,
      }),
    ];
  }
  const said = issue.code === "invalid_key" ? (issue.issues[0]?.message ?? issue.message) : issue.message;
  const message = said.startsWith("Invalid input") ? said.slice(15) : said;
  return [
    problemAt(root, path, {
      code: "KM403",
      message: `${formatPath(path)}: ${message}`,
      remedy: "correct the value",
    }),
  ];
}

function problemAt(
  root: YamlNode,
  path: Path,
  complaint: Pick<Problem, "code" | "message" | "remedy">,
): Problem {
  const place = placeAt(root, path) ?? root;
  return {
    ...complaint,
    severity: "error",
    path: formatPath(path),
    origin: originOf(place),
    line: place.source.lineAt(place.start),
  };
}

/** The key or value at a path, or the nearest one above it. */
function placeAt(root: YamlNode, path: Path): Place | undefined {
  for (let length = path.length; length > 0; length -= 1) {
    const parent = nodeAt(root, path.slice(0, length - 1));
    const last = path[length - 1];
    if (parent?.kind === "map") {
      const entry = parent.entries.get(String(last));
      if (entry === undefined) continue;
      return length === path.length && entry.value.kind === "scalar" ? entry.value : entry.key;
    }
    const node = nodeAt(root, path.slice(0, length));
    if (node !== undefined) return node;
  }
  return undefined;
}

function nodeAt(root: YamlNode, path: Path): YamlNode | undefined {
  let node: YamlNode | undefined = root;
  for (const part of path) {
    if (node?.kind === "map") node = node.entries.get(String(part))?.value;
    else if (node?.kind === "list") node = node.items[Number(part)];
    else return undefined;
  }
  return node;
}
