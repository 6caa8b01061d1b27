/** Earlier runs of a cluster, read from their journals. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type PhaseRecord, RUN_RECORD_VERSION, type RunRecord } from "./run-record.ts";

/** Newest first. A folder without a readable record of our version is left out: its run never began. */
export function readHistory(runsFolder: string): readonly RunRecord[] {
  return listRuns(runsFolder).flatMap((id) => readRecord(runsFolder, id) ?? []);
}

/** Newest first, read one at a time: `find` on it opens no more files than it needs. */
export function* eachRun(runsFolder: string): Generator<RunRecord> {
  for (const id of listRuns(runsFolder)) {
    const record = readRecord(runsFolder, id);
    if (record !== undefined) yield record;
  }
}

/** Steps of day-2 actions, by the phase whose work they change: after a reset that phase is not done any more. */
const DAY_2_STEPS: Readonly<Record<string, RegExp>> = { kube: /^(kube|node)-/, ceph: /^ceph-/ };

/** The newest successful, complete record of a phase. */
export function lastDone(
  runsFolder: string,
  phase: string,
  fingerprint?: string,
): { readonly run: RunRecord; readonly phase: PhaseRecord } | undefined {
  for (const run of eachRun(runsFolder)) {
    const found = run.phases.find(
      (record) =>
        record.name === phase &&
        record.status === "done" &&
        (fingerprint === undefined ? record.partial !== true : record.fingerprint === fingerprint),
    );
    if (found !== undefined) return { run, phase: found };
    // A resume ignores successes that are older than another change of the same phase.
    const touched = run.phases.some(
      (record) =>
        (record.name === phase || DAY_2_STEPS[phase]?.test(record.name) === true) &&
        record.status !== "checked" &&
        record.status !== "skipped",
    );
    if (fingerprint !== undefined && touched) return undefined;
  }
  return undefined;
}

/** When a phase ended, ISO 8601; the start where a record holds no duration. */
export function endOf({ started, seconds = 0 }: PhaseRecord): string {
  return new Date(Date.parse(started) + seconds * 1000).toISOString();
}

/** Codes of what gates refused a phase for since it was last done: an old finding is no excuse for a new run. */
export function refusedSinceDone(runsFolder: string, phase: string): ReadonlySet<string> {
  const codes = new Set<string>();
  for (const run of eachRun(runsFolder)) {
    const record = run.phases.find(({ name }) => name === phase);
    if (record?.status === "done") break;
    for (const code of record?.refusedFor ?? []) codes.add(code);
  }
  return codes;
}

function listRuns(runsFolder: string): readonly string[] {
  try {
    return readdirSync(runsFolder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => entry.name)
      .sort()
      .reverse();
  } catch (error) {
    if (["ENOENT", "ENOTDIR"].includes((error as NodeJS.ErrnoException).code ?? "")) return [];
    throw error;
  }
}

function readRecord(runsFolder: string, id: string): RunRecord | undefined {
  try {
    const record = JSON.parse(readFileSync(join(runsFolder, id, "run.json"), "utf8")) as RunRecord;
    return record.version === RUN_RECORD_VERSION ? record : undefined;
  } catch {
    return undefined;
  }
}
