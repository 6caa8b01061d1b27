/** Commands that read from a file or write to one: for content that is large, or not text. */
import { endProcess } from "./end.ts";
import { type Argv, type ChildProcess, exitCodeOf, spawnCommand, startFailure } from "./spawn.ts";

export interface StreamOptions {
  /** Open file descriptors; absent: nothing to read, output thrown away. */
  readonly input?: number | undefined;
  readonly output?: number | undefined;
  readonly env: NodeJS.ProcessEnv;
  /** Ends the command and what it started. */
  readonly signal?: AbortSignal;
}

export interface StreamResult {
  /** As in `capture`. */
  readonly code: number;
  readonly stderr: string;
}

/** Runs a command between files, in a session of its own. Never rejects: a failure is a result. */
export function stream(argv: Argv, { input, output, env, signal }: StreamOptions): Promise<StreamResult> {
  return new Promise((resolve) => {
    const failed = (error: unknown): void => {
      const { code, message } = startFailure(argv, error, undefined);
      resolve({ code, stderr: `${message}\n` });
    };
    let child: ChildProcess;
    try {
      child = spawnCommand(argv, {
        env,
        detached: true,
        stdio: [input ?? "ignore", output ?? "ignore", "pipe"],
      });
    } catch (error) {
      return failed(error);
    }
    let stderr = "";
    let calm = (): void => {};
    const end = (): void => {
      if (child.pid !== undefined) calm = endProcess(child.pid);
    };
    signal?.addEventListener("abort", end, { once: true });
    if (signal?.aborted === true) end();
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      stderr += text;
    });
    child.once("error", failed);
    child.once("close", (code, name) => {
      signal?.removeEventListener("abort", end);
      calm();
      resolve({ code: exitCodeOf(code, name), stderr });
    });
  });
}
