/** Why a phase failed: task, hosts, place and message. */
import { readFileSync } from "node:fs";
import { type Failure, finalFailures, type PhaseView } from "./progress-state.ts";

/** How many different failures are shown in full; the log has the rest. */
const SHOWN = 5;

/** Failures grouped: the same task with the same message on many hosts is one. */
export function describeFailures(view: PhaseView, logFile: string): string {
  const failures = finalFailures(view);
  if (failures.length === 0)
    return `${view.phase}: no task failed; the end of its log:\n${tail(logFile, 15)}`;
  const groups = group(failures);
  const shown = groups.slice(0, SHOWN).map((members) => describe(members));
  const more = groups.length > SHOWN ? [`… and ${groups.length - SHOWN} more, see the log`] : [];
  return [...shown, ...more].join("\n\n");
}

function group(failures: readonly Failure[]): readonly (readonly [Failure, ...Failure[]])[] {
  const groups = new Map<string, [Failure, ...Failure[]]>();
  for (const failure of failures) {
    const key = JSON.stringify([
      failure.task,
      failure.path,
      failure.kind,
      failure.kind === "failed" ? failure.message : "",
    ]);
    const members = groups.get(key);
    if (members === undefined) groups.set(key, [failure]);
    else members.push(failure);
  }
  return [...groups.values()];
}

function describe(members: readonly [Failure, ...Failure[]]): string {
  const [first] = members;
  const hosts = members.map(({ host }) => host).join(", ");
  const head = first.kind === "unreachable" ? `unreachable: ${hosts}` : `failed on ${hosts}`;
  const at = first.path === undefined ? "" : `\n  at      ${first.path}`;
  return `${head}\n  task    ${first.task}${at}\n  message ${first.message.trim().split("\n").join("\n          ")}`;
}

/** The last lines of a file; empty when it cannot be read. */
export function tail(file: string, lines: number): string {
  try {
    return readFileSync(file, "utf8").trimEnd().split("\n").slice(-lines).join("\n");
  } catch {
    return "";
  }
}
