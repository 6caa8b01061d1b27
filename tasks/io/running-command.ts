/** The gate for long-running commands (zx): own process group, output straight into a file, signals on request. */
import { closeSync, openSync } from "node:fs";
import { $ } from "zx/core";

export interface RunningCommand {
  readonly pid: number | undefined;
  /** Exit code; 128 + n when a signal n ended it. Never rejects. */
  readonly ended: Promise<{ readonly code: number }>;
  /** Whether `signal` was called. */
  readonly signalled: boolean;
  /** To the whole process group: Ansible's workers and their ssh processes too. */
  signal(name: "SIGINT" | "SIGTERM" | "SIGKILL"): void;
}

export interface StartOptions {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** Standard output and error are appended here, 0600. */
  readonly outputFile: string;
}

/**
 * Starts a command in a session of its own, so that a Ctrl-C of the terminal reaches only us and is passed on once.
 */
export function start(argv: readonly [string, ...string[]], options: StartOptions): RunningCommand {
  const file = openSync(options.outputFile, "a", 0o600);
  const child = $({
    quiet: true,
    nothrow: true,
    detached: true,
    cwd: options.cwd,
    env: options.env,
    stdio: ["ignore", file, file],
    prefix: "",
    postfix: "",
  })`exec ${[...argv]}`.run();
  closeSync(file);
  let signalled = false;
  return {
    pid: child.pid,
    ended: child.then((output) => ({ code: output.exitCode ?? 128 + signalNumber(output.signal) })),
    get signalled() {
      return signalled;
    },
    signal(name) {
      signalled = true;
      if (child.pid === undefined) return;
      try {
        process.kill(-child.pid, name);
      } catch {
        // It has ended already.
      }
    },
  };
}

function signalNumber(name: string | null): number {
  return { SIGHUP: 1, SIGINT: 2, SIGKILL: 9, SIGTERM: 15 }[name ?? ""] ?? 0;
}
