/** Ctrl-C: the first one lets the current step finish, the second one ends it in the middle. */
import type { Stop } from "../core/stop.ts";

/** What can be signalled; io's RunningCommand is one. */
export interface Signallable {
  readonly ended: Promise<unknown>;
  signal(name: "SIGINT" | "SIGKILL"): void;
}

export interface Interrupt extends Stop {
  /** From now until it ends, the child gets the signals. */
  attach(child: Signallable): void;
  /** Stops listening. */
  dispose(): void;
}

export interface SignalSource {
  on(name: "SIGINT" | "SIGTERM" | "SIGHUP", listener: () => void): unknown;
  off(name: "SIGINT" | "SIGTERM" | "SIGHUP", listener: () => void): unknown;
}

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** npm sends a Ctrl-C a second time, which the terminal has sent already: two within this time are one. */
const SAME_SIGNAL_MS = 400;

/** @param say a line for the user at each Ctrl-C. */
export function listenForInterrupt(source: SignalSource, say: (line: string) => void): Interrupt {
  const children = new Set<Signallable>();
  const now = new AbortController();
  let times = 0;
  let last = 0;
  const listener = (): void => {
    const time = Date.now();
    if (time - last < SAME_SIGNAL_MS) return;
    last = time;
    times++;
    say(times === 1 ? "Stopping after the current task. Press Ctrl-C again to stop now." : "Stopping now.");
    for (const child of children) child.signal(times === 1 ? "SIGINT" : "SIGKILL");
    if (times > 1) now.abort();
  };
  for (const name of SIGNALS) source.on(name, listener);
  return {
    get requested() {
      return times > 0;
    },
    now: now.signal,
    attach(child) {
      children.add(child);
      void child.ended.then(() => children.delete(child));
      if (times > 0) child.signal("SIGINT");
    },
    dispose() {
      for (const name of SIGNALS) source.off(name, listener);
    },
  };
}
