/** The last lines of a run: what happened, why, and the next command. */
import { GateError, InterruptedError, type KubeMagicError, PhaseError } from "../core/errors.ts";
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
  readonly session: Pick<Session, "out" | "err" | "typed">;
  readonly views: PhaseViews;
  readonly results: readonly PhaseResult[];
  readonly journal: Pick<Journal, "logFile">;
  /** Beside what the playbooks have found. */
  readonly findings: readonly Finding[];
}

/** @throws InterruptedError, GateError or PhaseError unless every phase is done. */
export function conclude({ session, views, results, journal, findings: earlier }: Conclusion): void {
  for (const result of results) {
    const view = views.get(result.phase.spec.name);
    const own = readFindings(result.outcome?.custom.kube_magic_preflight);
    const findings = [...own, ...earlier];
    if (findings.length > 0) session.out(`\n${preflightTable(findings)}\n`);
    if (view !== undefined && view.unmatched.length > 0)
      session.err(`note: ${view.phase}: ${describeUnmatched(view.unmatched)}\n`);
    // Findings of a playbook that ended well are warnings to it, whatever their severity.
    const errors = (result.status === "failed" ? findings : earlier).filter(isError);
    const log = journal.logFile(result.phase.spec.name);
    const problem = problemOf(result, { view, errors, log, next: session.typed.resumeLine });
    if (problem === undefined && view !== undefined && result.phase.spec.work === undefined)
      session.out(`${doneLine(view, result)}\n`);
    if (problem === undefined) continue;
    // The errors of work on hosts name the next command, not the log.
    if (result.phase.spec.work !== undefined && view !== undefined) session.err(`note: log ${log}\n`);
    throw problem;
  }
}

interface Circumstances {
  readonly view: PhaseView | undefined;
  readonly errors: readonly Finding[];
  /** Path of the phase's log. */
  readonly log: string;
  /** The command that continues. */
  readonly next: string;
}

function problemOf(result: PhaseResult, circumstances: Circumstances): KubeMagicError | undefined {
  const { refused, phase, status } = result;
  // Work on hosts says itself what is done, what is not, and what to do.
  if (phase.spec.work !== undefined && refused !== undefined) return refused;
  if (status === "interrupted") return interrupted(phase.spec.name, circumstances);
  if (refused !== undefined) return refused;
  if (circumstances.errors.length > 0) return preflightFailed(phase.spec.name, circumstances);
  return status === "failed" ? failed(result, circumstances) : undefined;
}

function interrupted(name: string, { view, log, next }: Circumstances): InterruptedError {
  if (view === undefined)
    return new InterruptedError(`the run was interrupted before ${name} started`, {
      remedy: `to resume: ${next}`,
    });
  return new InterruptedError(`${name} was interrupted`, { remedy: remedyOf(log, "to resume", next) });
}

function preflightFailed(name: string, { errors, log, next }: Circumstances): GateError {
  const hosts = new Set(errors.map(({ host }) => host)).size;
  return new GateError(`${name}: ${errors.length} preflight check(s) failed on ${hosts} host(s)`, {
    remedy: remedyOf(log, "then", next),
  });
}

function failed({ phase, outcome }: PhaseResult, { view, log, next }: Circumstances): PhaseError {
  const { name } = phase.spec;
  const remedy = remedyOf(log, "then", next);
  const verdict = outcome?.verdict;
  if (verdict?.kind === "no-stats") {
    return new PhaseError(
      `${name}: ansible-playbook ended with 0 but without its final statistics: treated as a failure`,
      { remedy, output: tail(log, 15) },
    );
  }
  if (verdict?.kind === "ansible-failed" || verdict?.kind === "interrupted" || view === undefined) {
    const code = verdict !== undefined && "code" in verdict ? verdict.code : "unknown";
    return new PhaseError(`${name}: ansible-playbook itself failed (exit code ${code})`, {
      remedy,
      output: tail(log, 15),
    });
  }
  const known = explainFailure(view);
  if (known !== undefined)
    return new PhaseError(`${name}: ${known.what}`, { remedy: `${known.remedy}\n  → ${remedy}` });
  return new PhaseError(`${name} failed`, { remedy, output: describeFailures(view, log) });
}

function remedyOf(log: string, when: string, next: string): string {
  return `log ${log}; ${when}: ${next}`;
}

function doneLine(view: PhaseView, result: PhaseResult): string {
  const word = result.status === "checked" ? "checked (nothing was changed)" : "done";
  const seconds = view.ended === undefined ? "" : ` in ${duration(view.ended.seconds)}`;
  return `${view.phase}: ${word}${seconds}, ${hostTotals(view.stats ?? {})}`;
}

function isError({ severity }: Finding): boolean {
  return severity === "error";
}
