/** Runs a plan: phases whose needs have ended start, side by side where they are independent; the first failure stops new ones. */
import { type PlaybookOutcome, runPlaybook } from "../ansible/playbook.ts";
import type { GateError } from "../core/errors.ts";
import type { Event, PhaseEvent, PhaseStatus, Subscriber } from "../core/events.ts";
import type { PlannedPhase } from "../phases/plan.ts";
import type { PhaseSpec } from "../phases/spec.ts";
import type { Interrupt } from "./interrupt.ts";

export interface RunOptions {
  readonly run: string;
  readonly cluster: string;
  readonly plan: readonly PlannedPhase[];
  readonly env: NodeJS.ProcessEnv;
  /** Absolute path of a phase's human log. */
  readonly logFile: (phase: string) => string;
  readonly eventsFile: string;
  /** Bytes of the events file that are older than this phase. */
  readonly eventsSize: () => number;
  readonly estimate: (phase: string) => number | undefined;
  readonly checkMode: boolean;
  readonly subscribers: readonly Subscriber[];
  readonly interrupt: Interrupt;
  /** Checks the gates of a phase before and after it. @returns why it must not go on, if so. */
  readonly gate?: (spec: PhaseSpec, when: "before" | "after") => Promise<Refusal | undefined>;
  /** Told about every Ansible process that starts, and `undefined` when it has ended. */
  readonly onChild: (pid: number | undefined) => void;
}

/** What a gate says when it says no. */
export interface Refusal {
  readonly error: GateError;
  /** What it found, in stable words such as OSD_DOWN. */
  readonly codes: readonly string[];
}

/** How one phase came out, for the summary. */
export interface PhaseResult {
  readonly phase: PlannedPhase;
  readonly status: PhaseStatus;
  readonly outcome?: PlaybookOutcome;
  /** A gate that said no. */
  readonly refused?: GateError;
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

async function runPhase(phase: PlannedPhase, options: RunOptions, emit: Subscriber): Promise<PhaseResult> {
  const { name, title } = phase.spec;
  const started = now();
  const log = options.logFile(name);
  const estimate = options.estimate(name);
  emit({
    kind: "phase-start",
    time: started,
    phase: name,
    title,
    log,
    ...(estimate === undefined ? {} : { estimate }),
  });
  let status: PhaseStatus = options.checkMode ? "checked" : "done";
  let outcome: PlaybookOutcome | undefined;
  let refused: Refusal | undefined;
  try {
    refused = await options.gate?.(phase.spec, "before");
    for (const command of refused === undefined ? phase.commands : []) {
      outcome = await runPlaybook({
        phase: name,
        command,
        env: options.env,
        logFile: log,
        eventsFile: options.eventsFile,
        eventsFrom: options.eventsSize(),
        onEvent: (event: PhaseEvent) => emit(event),
        onStart: (child) => {
          options.onChild(child.pid);
          options.interrupt.attach(child);
        },
      });
      options.onChild(undefined);
      if (outcome.damagedEvents > 0) {
        emit({
          kind: "notice",
          time: now(),
          message: `${outcome.damagedEvents} cut or damaged line(s) in ${options.eventsFile}: progress may have gaps`,
        });
      }
      if (outcome.verdict.kind === "interrupted" && options.interrupt.requested) status = "interrupted";
      else if (outcome.verdict.kind !== "done") status = "failed";
      if (status !== "done" && status !== "checked") break;
    }
    if (status === "done" && refused === undefined) refused = await options.gate?.(phase.spec, "after");
    if (refused !== undefined) status = options.interrupt.requested ? "interrupted" : "failed";
  } finally {
    // Said even when a subscriber threw: a phase that never ends would look as if it still ran.
    if (outcome === undefined) status = "failed";
    emit({
      kind: "phase-end",
      time: now(),
      phase: name,
      status,
      seconds: now() - started,
      ...(refused === undefined || refused.codes.length === 0 ? {} : { refusedFor: refused.codes }),
    });
  }
  return {
    phase,
    status,
    ...(outcome === undefined ? {} : { outcome }),
    ...(refused === undefined ? {} : { refused: refused.error }),
  };
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
