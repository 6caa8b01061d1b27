/** Ending a command together with the processes that it started. */
import { readdirSync, readFileSync } from "node:fs";

/** Between the request to end (SIGTERM) and the end by force (SIGKILL). */
const GRACE_MS = 2000;

/**
 * Sends SIGTERM to a process and to all that it has started, and SIGKILL two seconds later to those that are left.
 * @returns call it when the process has ended: nothing more is sent then.
 */
export function endProcess(pid: number): () => void {
  const all = withDescendants(pid);
  for (const one of all) send(one, "SIGTERM");
  const timer = setTimeout(() => {
    for (const one of new Set([...all, ...withDescendants(pid)])) send(one, "SIGKILL");
  }, GRACE_MS);
  return () => clearTimeout(timer);
}

/** Signals a process group. False when nothing of it is left. */
export function signalGroup(leader: number, name: NodeJS.Signals): boolean {
  return send(-leader, name);
}

function send(pid: number, name: NodeJS.Signals): boolean {
  try {
    process.kill(pid, name);
    return true;
  } catch {
    // It has ended already.
    return false;
  }
}

function withDescendants(top: number): readonly number[] {
  const children = new Map<number, number[]>();
  for (const name of readdirSync("/proc")) {
    const parent = /^\d+$/.test(name) ? parentOf(name) : undefined;
    if (parent !== undefined) children.set(parent, [...(children.get(parent) ?? []), Number(name)]);
  }
  const found = [top];
  for (const pid of found) found.push(...(children.get(pid) ?? []));
  return found;
}

function parentOf(pid: string): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    // The command's name may hold anything, so count from its closing parenthesis: state, then parent.
    return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
  } catch {
    return undefined;
  }
}
