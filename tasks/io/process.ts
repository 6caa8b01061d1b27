/** Commands that are not captured: those that share our terminal, and those that outlive us. */
import { spawn } from "node:child_process";
import { closeSync, mkdirSync, openSync } from "node:fs";
import { constants } from "node:os";
import { dirname } from "node:path";

/** Runs a command on our own terminal and returns its exit code; 128 + signal number when killed. */
export function attach(argv: readonly [string, ...string[]]): Promise<number> {
  const [command, ...args] = argv;
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: "inherit" });
    child.once("error", reject);
    child.once("close", (code, signal) => {
      resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal]));
    });
  });
}

/** Starts a command in a session of its own, so that it outlives us, with its output in `logFile`. Returns its pid. */
export async function startDetached(
  argv: readonly [string, ...string[]],
  logFile: string,
  cwd = "/",
): Promise<number> {
  mkdirSync(dirname(logFile), { recursive: true });
  const log = openSync(logFile, "w", 0o600);
  try {
    const [command, ...args] = argv;
    const child = spawn(command, args, { cwd, detached: true, stdio: ["ignore", log, log] });
    await new Promise((resolve, reject) => {
      child.once("spawn", resolve);
      child.once("error", reject);
    });
    child.unref();
    if (child.pid === undefined) throw new Error(`${command} has no pid`);
    return child.pid;
  } finally {
    closeSync(log);
  }
}

export interface FileStreams {
  /** Open descriptors; absent: nothing to read, nowhere to write. */
  readonly input: number | undefined;
  readonly output: number | undefined;
  readonly env: NodeJS.ProcessEnv;
  /** Ends the command. */
  readonly signal: AbortSignal;
}

/** Runs a command between files, for content that is too large or not text; in a session of its own. */
export function runWithFiles(
  argv: readonly [string, ...string[]],
  { input, output, env, signal }: FileStreams,
): Promise<{ readonly code: number; readonly stderr: string }> {
  const [command, ...args] = argv;
  return new Promise((resolve) => {
    let stderr = "";
    const child = spawn(command, args, {
      env,
      detached: true,
      stdio: [input ?? "ignore", output ?? "ignore", "pipe"],
    });
    const end = (): void => void child.kill("SIGTERM");
    signal.addEventListener("abort", end, { once: true });
    child.stderr?.on("data", (data: Buffer) => {
      stderr += data.toString();
    });
    child.once("error", ({ message }) => resolve({ code: 127, stderr: message }));
    child.once("close", (code, name) => {
      signal.removeEventListener("abort", end);
      resolve({ code: code ?? 128 + (name === null ? 0 : constants.signals[name]), stderr });
    });
  });
}

/** Runs a command with its standard output in a file, made for its owner alone. Returns exit code and standard error. */
export async function captureToFile(
  argv: readonly [string, ...string[]],
  file: string,
): Promise<{ readonly code: number; readonly stderr: string }> {
  const output = openSync(file, "w", 0o600);
  try {
    const [command, ...args] = argv;
    const child = spawn(command, args, { stdio: ["ignore", output, "pipe"] });
    let stderr = "";
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      stderr += text;
    });
    const code = await new Promise<number>((resolve, reject) => {
      child.once("error", reject);
      child.once("close", (ended, signal) => {
        resolve(ended ?? 128 + (signal === null ? 0 : constants.signals[signal]));
      });
    });
    return { code, stderr };
  } finally {
    closeSync(output);
  }
}
