/** What a deploy would do, as data, and the two ways to print it. Pure. */
import type { PlanDecision } from "../phases/plan.ts";
import { duration } from "./text.ts";
import { describeUnmatched, type UnmatchedPlay } from "./unmatched.ts";

export const PLAN_REPORT_VERSION = 1;

export interface PlanReport {
  readonly version: typeof PLAN_REPORT_VERSION;
  readonly cluster: string;
  readonly orchestrator: string;
  /** Number of hosts in the inventory. */
  readonly hosts: number;
  /** In the order of the deploy. */
  readonly phases: readonly PhasePlan[];
}

export interface PhasePlan {
  readonly name: string;
  readonly title: string;
  readonly tool: string;
  readonly decision: PlanDecision["kind"];
  /** Why the phase is skipped or cannot run. */
  readonly reason?: string;
  /** What to do about a phase that cannot run. */
  readonly remedy?: string;
  /** Empty unless the phase runs. */
  readonly commands: readonly CommandPlan[];
  /** How the phase will be done, and why. */
  readonly notes: readonly string[];
  /** The latest run that finished the phase. */
  readonly lastDone?: LastDone;
  /** Absent: the phase does not run, or the Ansible of one of its tools is not built yet. */
  readonly plays?: { readonly total: number; readonly unmatched: readonly UnmatchedPlay[] };
}

export interface CommandPlan {
  readonly tool: string;
  readonly cwd: string;
  readonly argv: readonly string[];
  /** Set beside the caller's environment. */
  readonly env: Readonly<Record<string, string>>;
  /** For reading: short paths, no environment. */
  readonly short: string;
  /** To paste into a shell. */
  readonly line: string;
}

export interface LastDone {
  readonly run: string;
  /** ISO 8601, UTC. */
  readonly ended: string;
  readonly seconds: number;
  /** Whether a run would have the same inputs now. */
  readonly sameInputs: boolean;
}

export function planJson(report: PlanReport): string {
  return `${JSON.stringify(report, null, 2)}\n`;
}

/** @param verbose whole commands, and every play that matches no host */
export function planText({ cluster, hosts, orchestrator, phases }: PlanReport, verbose: boolean): string {
  const head = `${cluster}: ${hosts} hosts, orchestrator ${orchestrator}\n`;
  const blocks = phases.map((phase, index) => `\n${phaseText(phase, index + 1, verbose)}\n`);
  const hint =
    "\n--verbose prints the commands with their environment, to copy, and every play without hosts\n";
  return [head, ...blocks, ...(verbose ? [] : [hint])].join("");
}

function phaseText(phase: PhasePlan, number: number, verbose: boolean): string {
  const { decision, reason, remedy, commands, notes } = phase;
  const head = `${number}. ${phase.name} (${phase.tool}): ${phase.title}`;
  if (decision === "skip") return `${head}\n   skip: ${reason}`;
  return [
    head,
    ...(decision === "blocked"
      ? [`   cannot run: ${reason}`, `   → ${remedy}`]
      : commands.map(({ line, short }) => `   $ ${verbose ? line : short}`)),
    ...notes.map((note) => `   ${note}`),
    ...lastDoneLines(phase.lastDone),
    ...playLines(phase.plays, verbose),
  ].join("\n");
}

function lastDoneLines(last: LastDone | undefined): readonly string[] {
  if (last === undefined) return [];
  const inputs = last.sameInputs ? "with the same inputs" : "inputs have changed since";
  return [`   done before in ${duration(last.seconds)}, run ${last.run}, ${inputs}`];
}

function playLines(plays: PhasePlan["plays"], verbose: boolean): readonly string[] {
  if (plays === undefined) return [];
  const { total, unmatched } = plays;
  const details = verbose
    ? unmatched.map(({ name, pattern }) => `   matches no host: play "${name}" (${pattern})`)
    : unmatched.length > 0
      ? [`   ${describeUnmatched(unmatched)}`]
      : [];
  return [`   ${total} plays`, ...details];
}
