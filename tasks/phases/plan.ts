/** Which phases run, which do not and why, with their exact commands. Pure: facts come in, a plan comes out. */
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
  /** It should run and cannot: the whole plan is refused before anything starts. */
  | { readonly kind: "blocked"; readonly reason: string; readonly remedy: string };

export interface PlannedPhase {
  readonly spec: PhaseSpec;
  readonly decision: PlanDecision;
  readonly commands: readonly PlannedCommand[];
  /** Hash of all that decides what the phase does; equal fingerprints mean nothing would be different. */
  readonly fingerprint: string;
}

export interface PlanFacts {
  /** Hosts in each tool's rendered inventory. */
  readonly hostCount: Readonly<Record<ToolName, number>>;
  /** What a phase lacks to run, if anything. */
  readonly missing: (spec: PhaseSpec) => { readonly reason: string; readonly remedy: string } | undefined;
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
  return missing === undefined ? { kind: "run" } : { kind: "blocked", ...missing };
}
