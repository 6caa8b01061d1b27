/** Adds file, line and column to problems. */
import { maskSecrets } from "../../core/mask.ts";
import { formatPath, type InventoryPath } from "../../core/path.ts";
import type { Problem } from "../../core/problem.ts";
import type { SchemaComplaint } from "../../core/schema-complaints.ts";
import type { Place } from "../../io/yaml.ts";
import { placeIn } from "../layers/definitions.ts";
import type { Layer } from "../layers/layer.ts";

interface Complaint {
  readonly code: string;
  readonly message: string;
  readonly remedy: string;
  readonly severity?: Problem["severity"];
  readonly path?: string;
}

/** A problem at a place of a file; secrets on its line are masked. */
export function problemAtNode(place: Place, complaint: Complaint): Problem {
  const { source, start, end } = place;
  return {
    severity: "error",
    ...complaint,
    origin: source.origin(start, end),
    line: maskSecrets(source.lineAt(start)),
  };
}

/** A problem at a path of the inventory, before its place in the files is known. */
export interface ComplaintAtPath extends SchemaComplaint {
  readonly severity?: Problem["severity"];
}

/**
 * Problems at the places of their paths; when a path is not written, at the nearest key above it. A mistake in a host
 * range is a mistake of each of its hosts: it is reported once.
 */
export function problemsAtPaths(layers: readonly Layer[], complaints: Iterable<ComplaintAtPath>): Problem[] {
  const problems = new Map<string, { problem: Problem; hosts: number }>();
  for (const complaint of complaints) {
    const problem = problemAtPath(layers, complaint);
    const { file, line, column } = problem.origin ?? { file: "", line: 0, column: 0 };
    const [shape, host] = withoutHost(complaint.path);
    const key = JSON.stringify([
      problem.code,
      file,
      line,
      column,
      shape,
      host === undefined ? problem.message : "",
    ]);
    const before = problems.get(key);
    if (before === undefined) problems.set(key, { problem, hosts: 1 });
    else before.hosts += 1;
  }
  return [...problems.values()].map(({ problem, hosts }) =>
    hosts === 1
      ? problem
      : { ...problem, message: `${problem.message} (and ${hosts - 1} more from this line)` },
  );
}

function withoutHost(path: InventoryPath): [InventoryPath, string | number | undefined] {
  const index = path[0] === "hosts" ? 1 : path[0] === "tools" && path[2] === "hosts" ? 3 : path.length;
  return [path.map((part, at) => (at === index ? "*" : part)), path[index]];
}

function problemAtPath(
  layers: readonly Layer[],
  { path, at, remedy, ...complaint }: ComplaintAtPath,
): Problem {
  const remedyFor = (written: string) => (typeof remedy === "string" ? remedy : remedy(written));
  for (let length = path.length; length > 0; length -= 1) {
    const place = placeIn(layers, path.slice(0, length), length === path.length ? at : "key");
    if (place === undefined) continue;
    const written = place.source.text.slice(place.start, place.end);
    return problemAtNode(place, { ...complaint, remedy: remedyFor(written), path: formatPath(path) });
  }
  return { severity: "error", ...complaint, remedy: remedyFor(""), path: formatPath(path) };
}

/** Sorts by file and line; problems of --set and problems without a place are last. */
export function sortProblems(problems: readonly Problem[]): Problem[] {
  const key = ({ origin, path }: Problem) =>
    origin === undefined
      ? `2 ${path ?? ""}`
      : `${origin.file === "--set" ? 1 : 0} ${origin.file}\0${pad(origin.line)}${pad(origin.column)}`;
  const keyed = problems.map((problem) => ({ problem, key: key(problem) }));
  keyed.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
  return keyed.map(({ problem }) => problem);
}

const pad = (number: number): string => String(number).padStart(9, "0");
