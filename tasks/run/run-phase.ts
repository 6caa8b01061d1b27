/** Runs one phase: its gates, and its playbooks or its work on hosts. */
import { appendFileSync } from "node:fs";
import { type PlaybookOutcome, runPlaybook } from "../ansible/playbook.ts";
import { type GateError, InterruptedError, KubeMagicError } from "../core/errors.ts";
import type { PhaseEvent, PhaseStatus, Subscriber } from "../core/events.ts";
import type { PlannedPhase } from "../phases/plan.ts";
import type { PhaseSpec, Work } from "../phases/spec.ts";
import type { Interrupt } from "./interrupt.ts";

export interface PhaseOptions {
  readonly env: NodeJS.ProcessEnv;
  /** Absolute path of a phase's human log. */
  readonly logFile: (phase: string) => string;
  readonly eventsFile: string;
  /** Bytes of the events file that are older than this phase. */
  readonly eventsSize: () => number;
  /** Seconds the phase took before, if it is known. */
  readonly estimate: (phase: string) => number | undefined;
  readonly checkMode: boolean;
  readonly interrupt: Interrupt;
  /** Checks the gates of a phase before and after it. @returns why the phase must not run or is not done. */
  readonly gate?: (spec: PhaseSpec, when: "before" | "after") => Promise<Refusal | undefined>;
  /** Called with every Ansible process that starts, and with `undefined` when it has ended. */
  readonly onChild: (pid: number | undefined) => void;
}

/** Why a gate refused. */
export interface Refusal {
  readonly error: GateError;
  /** What the gate found, as codes such as OSD_DOWN. */
  readonly codes: readonly string[];
}

/** How one phase ended, for the summary. */
export interface PhaseResult {
  readonly phase: PlannedPhase;
  readonly status: PhaseStatus;
  readonly outcome?: PlaybookOutcome;
  /** Why a gate refused, or why the phase's work on hosts failed. */
  readonly refused?: KubeMagicError;
}

interface Ending {
  readonly status: PhaseStatus;
  readonly outcome?: PlaybookOutcome;
  readonly refusal?: Refusal;
  readonly error?: KubeMagicError;
}

export async function runPhase(
  phase: PlannedPhase,
  options: PhaseOptions,
  emit: Subscriber,
): Promise<PhaseResult> {
  const { name, title } = phase.spec;
  const started = now();
  const estimate = options.estimate(name);
  emit({
    kind: "phase-start",
    time: started,
    phase: name,
    title,
    log: options.logFile(name),
    ...(estimate === undefined ? {} : { estimate }),
  });
  // Emitted even when a subscriber threw: a phase without an end would look as if it were still running.
  let ending: Ending = { status: "failed" };
  try {
    ending = await betweenGates(phase, options, emit);
  } finally {
    const codes = ending.refusal?.codes ?? [];
    emit({
      kind: "phase-end",
      time: now(),
      phase: name,
      status: ending.status,
      seconds: now() - started,
      ...(codes.length === 0 ? {} : { refusedFor: codes }),
    });
  }
  const { status, outcome, refusal, error = refusal?.error } = ending;
  return {
    phase,
    status,
    ...(outcome === undefined ? {} : { outcome }),
    ...(error === undefined ? {} : { refused: error }),
  };
}

async function betweenGates(phase: PlannedPhase, options: PhaseOptions, emit: Subscriber): Promise<Ending> {
  const { spec } = phase;
  const refuse = (refusal: Refusal): Ending => ({
    status: options.interrupt.requested ? "interrupted" : "failed",
    refusal,
  });
  const before = await options.gate?.(spec, "before");
  if (before !== undefined) return refuse(before);
  const ending =
    spec.work === undefined
      ? await runPlaybooks(phase, options, emit)
      : await doWork(spec.name, spec.work, options, emit);
  if (ending.status !== "done") return ending;
  const after = await options.gate?.(spec, "after");
  return after === undefined ? ending : { ...ending, ...refuse(after) };
}

async function runPlaybooks(phase: PlannedPhase, options: PhaseOptions, emit: Subscriber): Promise<Ending> {
  const { name } = phase.spec;
  let outcome: PlaybookOutcome | undefined;
  for (const command of phase.commands) {
    outcome = await runPlaybook({
      phase: name,
      command,
      env: options.env,
      logFile: options.logFile(name),
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
    const { kind } = outcome.verdict;
    if (kind === "interrupted" && options.interrupt.requested) return { status: "interrupted", outcome };
    if (kind !== "done") return { status: "failed", outcome };
  }
  // A phase without a command has done nothing, which no plan intends.
  if (outcome === undefined) return { status: "failed" };
  return { status: options.checkMode ? "checked" : "done", outcome };
}

async function doWork(phase: string, work: Work, options: PhaseOptions, emit: Subscriber): Promise<Ending> {
  const log = options.logFile(phase);
  const say = (message: string): void => {
    appendFileSync(log, `${new Date().toISOString()} ${message}\n`, { mode: 0o600 });
    emit({ kind: "progress", time: now(), phase, message });
  };
  try {
    await work.run({ stop: options.interrupt, say });
    return { status: "done" };
  } catch (error) {
    if (!(error instanceof KubeMagicError)) throw error;
    say(`error: ${error.message}`);
    return { status: error instanceof InterruptedError ? "interrupted" : "failed", error };
  }
}

function now(): number {
  return Date.now() / 1000;
}
