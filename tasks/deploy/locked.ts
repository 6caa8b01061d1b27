/** Work on hosts that is no playbook, under the same lock as a deploy, with the same Ctrl-C. */
import type { TaskContext } from "../cli/task.ts";
import type { Stop } from "../hosts/stop.ts";
import { acquireLock } from "../io/lock.ts";
import { listenForInterrupt } from "../run/interrupt.ts";
import { endOrphan } from "./orphan.ts";

/**
 * @param reason what others are told who find it locked, such as `etcd:defrag`
 * @throws LockedError; InterruptedError comes from the work itself, between its steps.
 */
export async function underLock<Result>(
  context: TaskContext,
  lockFile: string,
  reason: string,
  work: (stop: Stop) => Promise<Result>,
): Promise<Result> {
  const lock = await acquireLock(lockFile, reason);
  const now = new AbortController();
  const interrupt = listenForInterrupt(process, (times) => {
    context.err(
      times === 1 ? "\nending where it is safe to; once more ends it in the middle\n" : "\nending\n",
    );
    if (times > 1) now.abort();
  });
  try {
    if (lock.inheritedFrom !== undefined) {
      const { process: dead, reason: was } = lock.inheritedFrom;
      context.err(`note: took over the lock of process ${dead.pid} (${was}), which has died\n`);
      await endOrphan(lock.inheritedFrom, (message) => context.err(`note: ${message}\n`));
    }
    return await work({
      get requested() {
        return interrupt.requested;
      },
      now: now.signal,
    });
  } finally {
    interrupt.dispose();
    lock.release();
  }
}
