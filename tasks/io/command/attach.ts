/** Commands on our own terminal, and commands that outlive us. */
import { closeSync, mkdirSync, openSync } from "node:fs";
import { dirname } from "node:path";
import { type Argv, exitCodeOf, spawnCommand } from "./spawn.ts";

/** Runs a command on our own terminal. @returns its exit code. @throws Error when it cannot be started. */
export function attach(argv: Argv): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawnCommand(argv, { stdio: "inherit" });
    child.once("error", reject);
    child.once("close", (code, signal) => resolve(exitCodeOf(code, signal)));
  });
}

/**
 * Starts a command in a session of its own, so that it outlives us, with its output in `logFile`.
 * @returns its pid. @throws Error when it cannot be started.
 */
export async function startDetached(argv: Argv, logFile: string, cwd = "/"): Promise<number> {
  mkdirSync(dirname(logFile), { recursive: true });
  const log = openSync(logFile, "w", 0o600);
  try {
    const child = spawnCommand(argv, { cwd, detached: true, stdio: ["ignore", log, log] });
    await new Promise((resolve, reject) => {
      child.once("spawn", resolve);
      child.once("error", reject);
    });
    child.unref();
    if (child.pid === undefined) throw new Error(`${argv[0]} has no pid`);
    return child.pid;
  } finally {
    closeSync(log);
  }
}
