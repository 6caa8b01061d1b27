/**
 * Errors that a user can cause. Each class owns its exit code; anything else that is thrown is our bug (exit 1).
 */
import type { Problem } from "./problem.ts";

/** The exit codes. docs/ lists them for users. */
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

/** What an error shows beside its message. */
export interface ErrorDetails {
  /** What to do next, as an imperative sentence or a command. */
  readonly remedy?: string;
  /** Longer text after the message: the output of a tool, a table. */
  readonly output?: string;
  readonly problems?: readonly Problem[];
  readonly cause?: unknown;
}

/** An error that a user can cause and correct. */
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

/** A preflight check or a gate failed; nothing was changed. */
export class GateError extends KubeMagicError {
  readonly exitCode = EXIT.gate;
}

/** A fetch, a patch or the build of an environment failed, or a tree is missing. */
export class VendorError extends KubeMagicError {
  readonly exitCode = EXIT.vendor;
}

/** A phase ran and failed. */
export class PhaseError extends KubeMagicError {
  readonly exitCode = EXIT.phase;
}

/** Another process has the lock. */
export class LockedError extends KubeMagicError {
  readonly exitCode = EXIT.locked;
}

/** The user interrupted. */
export class InterruptedError extends KubeMagicError {
  readonly exitCode = EXIT.interrupted;
}
