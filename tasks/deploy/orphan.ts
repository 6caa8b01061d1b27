/** The ansible-playbook of a killed run can still change hosts. The next run ends it first. */
import { setTimeout as sleep } from "node:timers/promises";
import type { LockOwner } from "../io/lock.ts";
import { isAlive } from "../io/process-identity.ts";

const GRACE_MS = 10_000;

/** Ends the process group of the dead owner's child: SIGINT, and SIGKILL after ten seconds. */
export async function endOrphan(owner: LockOwner, notice: (message: string) => void): Promise<void> {
  const { child } = owner;
  if (child === undefined || !isAlive(child)) return;
  notice(`its ansible-playbook (process ${child.pid}) still runs: ending it`);
  signalGroup(child.pid, "SIGINT");
  for (let waited = 0; waited < GRACE_MS && isAlive(child); waited += 100) await sleep(100);
  if (isAlive(child)) signalGroup(child.pid, "SIGKILL");
}

function signalGroup(pid: number, signal: "SIGINT" | "SIGKILL"): void {
  try {
    process.kill(-pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}
