/** Ctrl-C during work of many small steps. */
import { InterruptedError } from "./errors.ts";

/** Whether the user pressed Ctrl-C. */
export interface Stop {
  readonly requested: boolean;
  /** Aborted at the second Ctrl-C: the current step then stops in the middle. */
  readonly now: AbortSignal;
}

/** For work that Ctrl-C need not stop, such as short questions to hosts. */
export const NEVER_STOPPED: Stop = { requested: false, now: new AbortController().signal };

/** Call it between two steps. @param state what is done and what is not @throws InterruptedError after a Ctrl-C. */
export function throwIfStopped(stop: Stop, state: string, remedy: string): void {
  if (stop.requested) throw new InterruptedError(`interrupted: ${state}`, { remedy });
}
