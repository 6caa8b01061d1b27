/** Shared by the backup commands: runs the program on hosts, prints a line a step and a table at the end. */
import type { z } from "zod";
import type { ClusterModel, Host } from "../core/model.ts";
import type { Session } from "../core/session.ts";
import { table } from "../report/text.ts";
import { unsuccessful } from "./failures.ts";
import { type Outcome, runProgramOnHosts } from "./program.ts";

export interface Job<Report> {
  readonly words: readonly string[];
  readonly report: z.ZodType<Report>;
}

/** Runs the program on hosts, with its steps as progress. */
export async function onHosts<Report>(
  { env, err }: Session,
  model: ClusterModel,
  hosts: readonly Host[],
  { words, report }: Job<Report>,
): Promise<readonly Outcome<Report>[]> {
  const width = Math.max(...hosts.map(({ name }) => name.length));
  const onStep = (host: string, message: string): void => err(`${host.padEnd(width)}  ${message}\n`);
  return runProgramOnHosts(hosts, { model, words, report, env, onStep });
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
