/** Long commands whose output goes straight into a log, and which take signals while they run. */
import { closeSync, openSync, writeSync } from "node:fs";
import { $ } from "zx/core";
import { failureOf, spawnDirectly, WITHOUT_SHELL } from "./capture.ts";
import { signalGroup } from "./end.ts";
import { type Argv, exitCodeOf } from "./spawn.ts";

export interface RunningCommand {
  readonly pid: number | undefined;
  /** Exit code as in {@link exitCodeOf}; why it could not be started stands in the log. Never rejects. */
  readonly ended: Promise<{ readonly code: number }>;
  /** Whether `signal` was called. */
  readonly signalled: boolean;
  /** To the whole process group: Ansible's workers and their ssh processes too. */
  signal(name: "SIGINT" | "SIGTERM" | "SIGKILL"): void;
}

export interface LogOptions {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** Standard output and error are appended here, 0600. */
  readonly outputFile: string;
}

/** Starts a command in a session of its own, so that a Ctrl-C of the terminal reaches only us and is passed on once. */
export function startWithLog(argv: Argv, { cwd, env, outputFile }: LogOptions): RunningCommand {
  const file = openSync(outputFile, "a", 0o600);
  const child = $({
    ...WITHOUT_SHELL,
    detached: true,
    cwd,
    env,
    stdio: ["ignore", file, file],
    spawn: spawnDirectly(argv),
  })`${argv[0]}`.run();
  let signalled = false;
  const ended = (async () => {
    const output = await child;
    const failure = failureOf(argv, output, cwd);
    if (failure !== undefined) writeSync(file, `${failure.message}\n`);
    closeSync(file);
    return { code: failure?.code ?? exitCodeOf(output.exitCode, output.signal) };
  })();
  return {
    pid: child.pid,
    ended,
    get signalled() {
      return signalled;
    },
    signal(name) {
      signalled = true;
      if (child.pid !== undefined) signalGroup(child.pid, name);
    },
  };
}
