/** Whether the user has pressed Ctrl-C, for work of many small steps. */
import { InterruptedError } from "./errors.ts";

export interface Stop {
  readonly requested: boolean;
  /** Aborted at the second Ctrl-C: what runs is then ended in the middle. */
  readonly now: AbortSignal;
}

/** For questions to hosts, which nobody has to interrupt. */
export const NEVER_STOPPED: Stop = { requested: false, now: new AbortController().signal };

/** Call it between two steps. @param state what is done and what is not. @throws InterruptedError after a Ctrl-C. */
export function throwIfStopped(stop: Stop, state: string, remedy: string): void {
  if (stop.requested) throw new InterruptedError(`interrupted: ${state}`, { remedy });
}
