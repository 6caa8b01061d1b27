/** Commands whose output is read: zx runs them, with its shell switched off (docs/decisions/0012). */
import { $, type ProcessOutput } from "zx/core";
import { endProcess } from "./end.ts";
import {
  type Argv,
  exitCodeOf,
  type Spawn,
  type SpawnOptions,
  type StartFailure,
  spawnCommand,
  startFailure,
} from "./spawn.ts";

export interface CommandOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Text for standard input; without it, standard input is empty. */
  readonly input?: string;
  /** After this the command and what it started are ended; `timedOut` says so. */
  readonly timeoutMs?: number;
  /** Ends the command and what it started. */
  readonly signal?: AbortSignal;
  /** In a session of its own, which a Ctrl-C of the terminal does not reach. */
  readonly detached?: boolean;
  /** Called with standard output as it comes, for progress. */
  readonly onStdout?: (text: string) => void;
}

export interface CommandResult {
  /** Exit code; 128 + the signal's number when a signal ended it; 127 no such program, 126 it cannot be started. */
  readonly code: number;
  /** Bytes that are not UTF-8 come out as U+FFFD. */
  readonly stdout: string;
  /** For a command that could not be started: why. */
  readonly stderr: string;
  /** `timeoutMs` had passed before it ended. */
  readonly timedOut: boolean;
}

/** Runs a command to its end. Never rejects: a failure is a result. */
export async function capture(argv: Argv, options: CommandOptions = {}): Promise<CommandResult> {
  const { cwd, env = process.env, input, timeoutMs, signal, detached = false, onStdout } = options;
  if (signal?.aborted === true) return { code: 143, stdout: "", stderr: "", timedOut: false };
  const running = $({
    ...WITHOUT_SHELL,
    detached,
    env,
    stdio: [input === undefined ? "ignore" : "pipe", "pipe", "pipe"],
    ...(cwd === undefined ? {} : { cwd }),
    ...(input === undefined ? {} : { input }),
    spawn: spawnDirectly(argv, onStdout),
  })`${argv[0]}`;
  let calm = (): void => {};
  let timedOut = false;
  const end = (): void => {
    if (running.pid !== undefined) calm = endProcess(running.pid);
  };
  const timer =
    timeoutMs === undefined
      ? undefined
      : setTimeout(() => {
          timedOut = true;
          end();
        }, timeoutMs);
  signal?.addEventListener("abort", end, { once: true });
  const output = await running;
  clearTimeout(timer);
  signal?.removeEventListener("abort", end);
  calm();
  const { stdout, stderr } = output;
  const failure = failureOf(argv, output, cwd);
  return failure === undefined
    ? { code: exitCodeOf(output.exitCode, output.signal), stdout, stderr, timedOut }
    : { code: failure.code, stdout, stderr: `${failure.message}\n`, timedOut };
}

/** Settings of zx: no output of its own, no exceptions, no shell. */
export const WITHOUT_SHELL = {
  quiet: true,
  nothrow: true,
  prefix: "",
  postfix: "",
  // zx wants the name of one; the function below ignores it.
  shell: "none",
} as const;

/** Takes the place of zx's own spawn, which hands a line to a shell. */
export function spawnDirectly(argv: Argv, onStdout?: (text: string) => void): Spawn {
  const start = (_line: string, _words: unknown, options: SpawnOptions) => {
    const child = spawnCommand(argv, options);
    // A command may end before it has read its input (EPIPE). Its exit code says what that means.
    child.stdin?.on("error", () => {});
    // Decoded as a stream: a character may be cut in two between two reads.
    child.stdout?.setEncoding("utf8");
    child.stderr?.setEncoding("utf8");
    if (onStdout !== undefined) child.stdout?.on("data", onStdout);
    return child;
  };
  return start as Spawn;
}

/** zx gives a command that did not start a negative code, or none; the reason is in `cause`. */
export function failureOf(
  argv: Argv,
  output: ProcessOutput,
  cwd: string | undefined,
): StartFailure | undefined {
  const { exitCode, signal, cause } = output;
  if (signal !== null || cause === undefined || cause === null) return undefined;
  return exitCode === null || exitCode < 0 ? startFailure(argv, cause, cwd) : undefined;
}
