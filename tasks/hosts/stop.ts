/** Whether the user has asked to stop, for work of many small steps on hosts. */
import { InterruptedError } from "../core/errors.ts";

export interface Stop {
  readonly requested: boolean;
  /** Aborted when the user asks a second time: what runs is then ended in the middle. */
  readonly now: AbortSignal;
}

/** Between two steps. @throws InterruptedError when the user has asked to stop. */
export function goOnUnless(stop: Stop, whatIsLeft: string, remedy: string): void {
  if (stop.requested) throw new InterruptedError(`interrupted: ${whatIsLeft}`, { remedy });
}
