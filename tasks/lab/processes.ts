/** Processes of this machine, read from /proc. A pid is used again later, so a process is its pid and its start time. */
import { readdirSync, readFileSync } from "node:fs";

export interface ProcessId {
  readonly pid: number;
  /** Clock ticks after boot, field 22 of /proc/PID/stat. */
  readonly startTime: number;
}

export interface ProcessEntry extends ProcessId {
  readonly parent: number;
}

/** The living process with that pid, or undefined: none, or a zombie. */
export function readProcess(pid: number): ProcessEntry | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    // The command, field 2, may hold anything, so count from its closing parenthesis.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const [state, parent] = fields;
    if (state === "Z" || state === "X") return undefined;
    return { pid, parent: Number(parent), startTime: Number(fields[19]) };
  } catch {
    return undefined;
  }
}

export function isAlive(process: ProcessId): boolean {
  return readProcess(process.pid)?.startTime === process.startTime;
}

export function allProcesses(): readonly ProcessEntry[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => readProcess(Number(name)) ?? []);
}

/** The process and all below it, parents first. */
export function withDescendants(top: ProcessId): readonly ProcessEntry[] {
  const children = new Map<number, ProcessEntry[]>();
  for (const entry of allProcesses()) {
    children.set(entry.parent, [...(children.get(entry.parent) ?? []), entry]);
  }
  const root = readProcess(top.pid);
  if (root?.startTime !== top.startTime) return [];
  const found = [root];
  for (const entry of found) found.push(...(children.get(entry.pid) ?? []));
  return found;
}

/** Arguments of a process, empty when it is gone or a kernel thread. */
export function argumentsOf(pid: number): readonly string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0").slice(0, -1);
  } catch {
    return [];
  }
}

/** SIGKILL, if it is still that process. */
export function killNow(process: ProcessId): void {
  if (!isAlive(process)) return;
  try {
    globalThis.process.kill(process.pid, "SIGKILL");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

/** Waits until all are gone. Returns those that are still there after `timeoutMs`. */
export async function waitGone(
  processes: readonly ProcessId[],
  timeoutMs: number,
): Promise<readonly ProcessId[]> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const left = processes.filter(isAlive);
    if (left.length === 0 || Date.now() > deadline) return left;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
