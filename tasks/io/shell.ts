/**
 * The gate for external commands (zx). argv arrays only: nothing here goes through a shell's parser.
 */
import { $, type ProcessOutput } from "zx/core";

export interface CommandOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Text for standard input; without it, standard input is empty. */
  readonly input?: string;
  readonly timeoutMs?: number;
  /** Ends the command, and what it started. */
  readonly signal?: AbortSignal;
  /** In a session of its own, which a Ctrl-C of the terminal does not reach. */
  readonly detached?: boolean;
  /** Hears of standard output as it comes, for progress. */
  readonly onStdout?: (text: string) => void;
}

export interface CommandResult {
  /** Exit code; 128 + signal number when killed; 127 when the command does not exist. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command to its end and returns what it said; a failure is a result, not an exception. */
export async function capture(
  argv: readonly [string, ...string[]],
  options: CommandOptions = {},
): Promise<CommandResult> {
  const running = $({
    quiet: true,
    nothrow: true,
    prefix: "",
    postfix: "",
    input: options.input ?? "",
    env: options.env ?? process.env,
    ...(options.detached === undefined ? {} : { detached: options.detached }),
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    ...(options.signal === undefined ? {} : { signal: options.signal }),
    ...(options.timeoutMs === undefined ? {} : { timeout: options.timeoutMs }),
  })`exec ${[...argv]}`;
  if (options.onStdout !== undefined) {
    const { onStdout } = options;
    running.stdout.setEncoding("utf8").on("data", (text: string) => onStdout(text));
  }
  const output: ProcessOutput = await running;
  return { code: output.exitCode ?? 128, stdout: output.stdout, stderr: output.stderr };
}
