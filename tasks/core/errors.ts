/**
 * Errors that a user can cause. Each class owns its exit code; anything else that is thrown is our bug (exit 1).
 */
import type { Problem } from "./problem.ts";

export const EXIT = {
  done: 0,
  bug: 1,
  input: 2,
  gate: 3,
  vendor: 4,
  phase: 5,
  locked: 6,
  interrupted: 130,
} as const;

export interface ErrorDetails {
  /** What to do next, as an imperative sentence or a command. */
  readonly remedy?: string;
  /** Longer material shown after the message: a tool's output, a table. */
  readonly output?: string;
  readonly problems?: readonly Problem[];
  readonly cause?: unknown;
}

export abstract class KubeMagicError extends Error {
  abstract readonly exitCode: number;
  readonly remedy: string | undefined;
  readonly output: string | undefined;
  readonly problems: readonly Problem[];

  constructor(message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = new.target.name;
    this.remedy = details.remedy;
    this.output = details.output;
    this.problems = details.problems ?? [];
  }
}

/** Invalid arguments or an invalid central inventory. */
export class InputError extends KubeMagicError {
  readonly exitCode = EXIT.input;
}

/** A preflight check or a gate said no; nothing was changed. */
export class GateError extends KubeMagicError {
  readonly exitCode = EXIT.gate;
}

/** Fetching, patching or building an environment failed, or a vendored tree is missing. */
export class VendorError extends KubeMagicError {
  readonly exitCode = EXIT.vendor;
}

/** A phase ran and failed. */
export class PhaseError extends KubeMagicError {
  readonly exitCode = EXIT.phase;
}

/** Somebody else holds the lock. */
export class LockedError extends KubeMagicError {
  readonly exitCode = EXIT.locked;
}

/** The user interrupted. */
export class InterruptedError extends KubeMagicError {
  readonly exitCode = EXIT.interrupted;
}
