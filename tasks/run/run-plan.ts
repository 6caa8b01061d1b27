/** Runs a plan: phases whose needs have ended start, side by side where they are independent; the first failure stops new ones. */
import type { Event, PhaseStatus, Subscriber } from "../core/events.ts";
import type { PlannedPhase } from "../phases/plan.ts";
import { type PhaseOptions, type PhaseResult, runPhase } from "./run-phase.ts";

export interface RunOptions extends PhaseOptions {
  readonly run: string;
  readonly cluster: string;
  readonly plan: readonly PlannedPhase[];
  readonly subscribers: readonly Subscriber[];
}

export async function runPlan(options: RunOptions): Promise<readonly PhaseResult[]> {
  const emit = (event: Event): void => {
    for (const subscriber of options.subscribers) subscriber(event);
  };
  const runnable = options.plan.filter((phase) => phase.decision.kind === "run");
  emit({
    kind: "run-start",
    time: now(),
    run: options.run,
    cluster: options.cluster,
    phases: runnable.map((phase) => phase.spec.name),
  });
  for (const phase of options.plan) {
    if (phase.decision.kind !== "skip") continue;
    emit({ kind: "phase-skip", time: now(), phase: phase.spec.name, reason: phase.decision.reason });
  }
  const results = await schedule(runnable, options, emit);
  const status = worst(results, options.checkMode);
  emit({ kind: "run-end", time: now(), status });
  return results;
}

async function schedule(
  runnable: readonly PlannedPhase[],
  options: RunOptions,
  emit: Subscriber,
): Promise<readonly PhaseResult[]> {
  const waiting = new Set(runnable);
  const running = new Map<PlannedPhase, Promise<PhaseResult>>();
  const results: PhaseResult[] = [];
  const stopped = (): boolean =>
    options.interrupt.requested ||
    results.some(({ status }) => status === "failed" || status === "interrupted");
  for (;;) {
    for (const phase of waiting) {
      const pending = [...waiting, ...running.keys()].some((other) => isBefore(other, phase));
      if (pending || stopped()) continue;
      waiting.delete(phase);
      running.set(phase, runPhase(phase, options, emit));
    }
    if (running.size === 0) return results;
    const result = await Promise.race(running.values());
    running.delete(result.phase);
    results.push(result);
  }
}

function isBefore(other: PlannedPhase, phase: PlannedPhase): boolean {
  return phase.spec.needs.some((need) => need === other.spec.name);
}

function worst(results: readonly PhaseResult[], checkMode: boolean): PhaseStatus {
  for (const status of ["interrupted", "failed"] as const) {
    if (results.some((result) => result.status === status)) return status;
  }
  return checkMode ? "checked" : "done";
}

function now(): number {
  return Date.now() / 1000;
}
