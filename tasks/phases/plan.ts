/** Decides which phases run, which do not and why, with their exact commands. Pure. */
import type { ClusterModel, ToolName } from "../core/model.ts";
import type { PhaseSpec } from "./spec.ts";

/** One ansible-playbook invocation; ansible/command.ts makes them, this room only carries them. */
export interface PlannedCommand {
  readonly tool: ToolName;
  readonly argv: readonly [string, ...string[]];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly inventory: string;
}

export type PlanDecision =
  | { readonly kind: "run" }
  | { readonly kind: "skip"; readonly reason: string }
  /** The phase should run and cannot: the whole plan is refused before anything starts. */
  | { readonly kind: "blocked"; readonly reason: string; readonly remedy: string };

export interface PlannedPhase {
  readonly spec: PhaseSpec;
  readonly decision: PlanDecision;
  readonly commands: readonly PlannedCommand[];
  /** Hash of all inputs of the phase: with an equal fingerprint the phase would do the same again. */
  readonly fingerprint: string;
}

export interface Missing {
  readonly reason: string;
  readonly remedy: string;
  readonly announced?: boolean;
}

export interface PlanFacts {
  /** Hosts in each tool's rendered inventory. */
  readonly hostCount: Readonly<Record<ToolName, number>>;
  /** What a phase lacks to run, if anything. `announced`: this version cannot do it yet. */
  readonly missing: (spec: PhaseSpec) => Missing | undefined;
  /** Phases that the user named: they are never skipped for what this version cannot do yet. */
  readonly named: ReadonlySet<string>;
  readonly commands: (spec: PhaseSpec) => readonly PlannedCommand[];
  readonly fingerprint: (spec: PhaseSpec) => string;
  /** The run that finished a phase with this fingerprint; only asked when resuming. */
  readonly doneIn?: (spec: PhaseSpec, fingerprint: string) => string | undefined;
}

export function planPhases(
  model: ClusterModel,
  phases: readonly PhaseSpec[],
  facts: PlanFacts,
): readonly PlannedPhase[] {
  return phases.map((spec) => {
    const commands = facts.commands(spec);
    const fingerprint = facts.fingerprint(spec);
    return { spec, commands, fingerprint, decision: decide(model, spec, fingerprint, facts) };
  });
}

function decide(model: ClusterModel, spec: PhaseSpec, fingerprint: string, facts: PlanFacts): PlanDecision {
  const wanted = spec.when(model);
  if (wanted !== true) return { kind: "skip", reason: wanted.skip };
  if (facts.hostCount[spec.tool] === 0) return { kind: "skip", reason: `no host for ${spec.tool}` };
  const run = facts.doneIn?.(spec, fingerprint);
  if (run !== undefined) return { kind: "skip", reason: `done in run ${run} with the same inputs` };
  const missing = facts.missing(spec);
  if (missing === undefined) return { kind: "run" };
  const { reason, remedy, announced } = missing;
  return announced === true && !facts.named.has(spec.name)
    ? { kind: "skip", reason }
    : { kind: "blocked", reason, remedy };
}
