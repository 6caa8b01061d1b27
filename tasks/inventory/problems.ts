/** Problems at places of the tree. */
import type { Problem } from "../core/problem.ts";
import type { Place } from "../io/yaml.ts";

interface Complaint {
  readonly code: string;
  readonly message: string;
  readonly remedy: string;
  readonly severity?: Problem["severity"];
  readonly path?: string;
}

export function problemAtNode(place: Place, complaint: Complaint): Problem {
  const { source, start, end } = place;
  return { severity: "error", ...complaint, origin: source.origin(start, end), line: source.lineAt(start) };
}

/** By file and line, so that a reader goes through each file once; what has no place comes last. */
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
