/** Runs a plan. Independent phases run at the same time; after the first failure no further phase starts. */
import type { Event, PhaseStatus, Subscriber } from "../core/events.ts";
import type { PlannedPhase } from "../phases/plan.ts";
import { type PhaseOptions, type PhaseResult, runPhase } from "./run-phase.ts";

export interface RunOptions extends PhaseOptions {
  readonly run: string;
  readonly cluster: string;
  readonly plan: readonly PlannedPhase[];
  readonly subscribers: readonly Subscriber[];
}

/**
 * @returns how each phase ended; those that an interrupt kept from starting are interrupted
 * @throws what a phase or a subscriber threw, once no phase runs any more
 */
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
  const { results, thrown } = await schedule(runnable, options, emit);
  try {
    emit({ kind: "run-end", time: now(), status: worst(results, options.checkMode) });
  } catch (error) {
    thrown.push(error);
  }
  if (thrown.length > 0) throw thrown[0];
  return results;
}

interface Scheduled {
  readonly results: readonly PhaseResult[];
  /** In the order in which it happened. */
  readonly thrown: unknown[];
}

async function schedule(
  runnable: readonly PlannedPhase[],
  options: RunOptions,
  emit: Subscriber,
): Promise<Scheduled> {
  const thrown: unknown[] = [];
  // Other phases may still run: their Ansible must have ended before the error ends this process.
  const run = (phase: PlannedPhase): Promise<PhaseResult> =>
    runPhase(phase, options, emit).catch((error: unknown) => {
      thrown.push(error);
      return { phase, status: "failed" };
    });
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
      running.set(phase, run(phase));
    }
    if (running.size === 0) break;
    const result = await Promise.race(running.values());
    running.delete(result.phase);
    results.push(result);
  }
  if (options.interrupt.requested)
    for (const phase of waiting) results.push({ phase, status: "interrupted" });
  return { results, thrown };
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
