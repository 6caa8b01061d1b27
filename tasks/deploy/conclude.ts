/** The last words of a run: what happened, why, and the next command to type. */

import { GateError, InterruptedError, PhaseError } from "../core/errors.ts";
import type { Session } from "../core/session.ts";
import { describeFailures, tail } from "../report/failure.ts";
import type { Journal } from "../report/journal.ts";
import { explainFailure } from "../report/known-failures.ts";
import { type Finding, preflightTable, readFindings } from "../report/preflight.ts";
import type { PhaseView, PhaseViews } from "../report/progress-state.ts";
import { duration, hostTotals } from "../report/text.ts";
import { describeUnmatched } from "../report/unmatched.ts";
import type { PhaseResult } from "../run/run-phase.ts";

export interface Conclusion {
  readonly context: Session;
  readonly views: PhaseViews;
  readonly results: readonly PhaseResult[];
  readonly journal: Journal;
  readonly again: string;
  /** Beside what the playbooks have found. */
  readonly findings: readonly Finding[];
}

/** @throws InterruptedError, GateError or PhaseError unless every phase is done. */
export function conclude({ context, views, results, journal, again, findings: more }: Conclusion): void {
  for (const result of results) {
    const view = views.get(result.phase.spec.name);
    const findings = [...readFindings(result.outcome?.custom.kube_magic_preflight), ...more];
    if (findings.length > 0) context.out(`\n${preflightTable(findings)}\n`);
    if (view !== undefined && view.unmatched.length > 0)
      context.err(`note: ${view.phase}: ${describeUnmatched(view.unmatched)}\n`);
    if (result.phase.spec.work !== undefined && result.refused !== undefined) throw result.refused;
    if (result.status === "interrupted") throw interrupted(result, journal, again);
    if (result.refused !== undefined) throw result.refused;
    const errors = [...(result.status === "failed" ? findings : more)].filter(isError);
    if (errors.length > 0) throw unfit(result, errors, journal, again);
    if (result.status === "failed") throw failed(result, view, journal, again);
    if (view !== undefined && result.phase.spec.work === undefined)
      context.out(`${doneLine(view, result)}\n`);
  }
}

function doneLine(view: PhaseView, result: PhaseResult): string {
  const word = result.status === "checked" ? "checked (nothing was changed)" : "done";
  const seconds = view.ended === undefined ? "" : ` in ${duration(view.ended.seconds)}`;
  return `${view.phase}: ${word}${seconds}, ${hostTotals(view.stats ?? {})}`;
}

function interrupted(result: PhaseResult, journal: Journal, again: string): InterruptedError {
  const { name } = result.phase.spec;
  return new InterruptedError(`${name} was interrupted`, {
    remedy: `log ${journal.logFile(name)}; go on with: ${again}`,
  });
}

function isError({ severity }: Finding): boolean {
  return severity === "error";
}

function unfit(result: PhaseResult, errors: readonly Finding[], journal: Journal, again: string): GateError {
  const { name } = result.phase.spec;
  const hosts = new Set(errors.map(({ host }) => host)).size;
  return new GateError(`${name}: ${errors.length} preflight check(s) failed on ${hosts} host(s)`, {
    remedy: `log ${journal.logFile(name)}; then: ${again}`,
  });
}

function failed(
  result: PhaseResult,
  view: PhaseView | undefined,
  journal: Journal,
  again: string,
): PhaseError {
  const { name } = result.phase.spec;
  const log = journal.logFile(name);
  const remedy = `log ${log}; then: ${again}`;
  const verdict = result.outcome?.verdict;
  if (verdict?.kind === "no-stats") {
    return new PhaseError(
      `${name}: ansible-playbook ended with 0 but without its final statistics: treated as a failure`,
      { remedy, output: tail(log, 15) },
    );
  }
  if (verdict?.kind === "ansible-failed" || verdict?.kind === "interrupted" || view === undefined) {
    return new PhaseError(
      `${name}: ansible-playbook itself failed (exit code ${verdict !== undefined && "code" in verdict ? verdict.code : "unknown"})`,
      { remedy, output: tail(log, 15) },
    );
  }
  const known = explainFailure(view);
  if (known !== undefined)
    return new PhaseError(`${name}: ${known.what}`, { remedy: `${known.remedy}\n  → ${remedy}` });
  return new PhaseError(`${name} failed`, { remedy, output: describeFailures(view, log) });
}
