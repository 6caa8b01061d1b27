/** Shared by the backup commands: runs the program on hosts, prints a line a step and a table at the end. */
import type { Host } from "../core/model.ts";
import { table } from "../report/text.ts";
import { unsuccessful } from "./failures.ts";
import { type BackupQuestion, type Outcome, runProgramOnHosts } from "./program.ts";

/** Runs the program on hosts. @param say a line for each step, with the host's name in front */
export function onHosts<Report>(
  hosts: readonly Host[],
  question: Omit<BackupQuestion<Report>, "onStep">,
  say: (line: string) => void,
): Promise<readonly Outcome<Report>[]> {
  const width = Math.max(...hosts.map(({ name }) => name.length));
  const onStep = (host: string, message: string): void => say(`${host.padEnd(width)}  ${message}`);
  return runProgramOnHosts(hosts, { ...question, onStep });
}

/** One row a host; the error that follows has the failures. */
export function outcomeTable<Report>(
  outcomes: readonly Outcome<Report>[],
  heads: readonly string[],
  cells: (report: Report) => readonly string[],
): string {
  const rows = outcomes.map((outcome) =>
    outcome.kind === "done"
      ? [outcome.host, ...cells(outcome.report)]
      : [outcome.host, outcome.kind === "failed" ? `FAILED: ${outcome.failure}` : outcome.message],
  );
  return `${table([["host", ...heads], ...rows])}\n`;
}

/** Every outcome as JSON. */
export function outcomeJson(cluster: string, outcomes: readonly Outcome<unknown>[]): string {
  const failed = unsuccessful(outcomes).length;
  return `${JSON.stringify({ cluster, failed, hosts: outcomes }, null, 2)}\n`;
}
