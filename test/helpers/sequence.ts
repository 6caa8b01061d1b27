/**
 * Tests that tell one story on real hosts, such as deploy, break, repair. Each needs what the one before it left, so after
 * a failure the rest is skipped: their results on hosts in an unknown state would mean nothing.
 */
import { beforeEach } from "vitest";

/** Call it in the describe whose tests, also those of inner describes, run in the order in which they are written. */
export function inSequence(): void {
  let failed: string | undefined;
  beforeEach(({ onTestFailed, skip, task }) => {
    if (failed !== undefined) skip(`“${failed}” failed before it, in the same sequence`);
    onTestFailed(() => {
      failed ??= task.name;
    });
  });
}
