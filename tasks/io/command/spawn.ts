/** The one file through which this project starts processes. No shell reads the words of a command. */
import { type ChildProcess, type SpawnOptions, spawn } from "node:child_process";
import { constants } from "node:os";

export type { ChildProcess, SpawnOptions } from "node:child_process";
export type Spawn = typeof spawn;

/**
 * A program and its arguments, handed to the kernel as they are. (A script without `#!` is run by /bin/sh: the C library
 * does that. Its arguments stay as they are.)
 */
export type Argv = readonly [string, ...string[]];

/** @throws Error for an argument with a null byte, or arguments that are too long together (E2BIG). */
export function spawnCommand([program, ...words]: Argv, options: SpawnOptions): ChildProcess {
  return spawn(program, words, { ...options, shell: false });
}

/** What a shell would report: the exit code, or 128 + the signal's number for a command that a signal ended. */
export function exitCodeOf(code: number | null, signal: NodeJS.Signals | null): number {
  if (signal !== null) return 128 + constants.signals[signal];
  return code ?? NOT_STARTED;
}

/** A command that could not be started at all, with a shell's exit codes for it. */
export interface StartFailure {
  /** 127: there is no such program. 126: it exists and cannot be started. */
  readonly code: 126 | 127;
  /** In plain words, for standard error. */
  readonly message: string;
}

const NOT_STARTED = 126;

/** @param cwd the working folder: when it is missing, the kernel reports that the program is. */
export function startFailure([program]: Argv, error: unknown, cwd: string | undefined): StartFailure {
  const { code, message } = error as NodeJS.ErrnoException;
  switch (code) {
    case "ENOENT":
      return {
        code: 127,
        message: `${program}: not found${cwd === undefined ? "" : `, or the folder ${cwd} does not exist`}`,
      };
    case "EACCES":
      return { code: NOT_STARTED, message: `${program}: cannot be executed: permission denied` };
    case "E2BIG":
      return {
        code: NOT_STARTED,
        message: `${program}: the arguments are too long: Linux takes 128 KiB for one of them`,
      };
    default:
      return { code: NOT_STARTED, message: `${program}: cannot be started: ${message}` };
  }
}
