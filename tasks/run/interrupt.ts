/** Ctrl-C: the first is passed on and Ansible may finish its sentence, the second kills. */

/** What can be signalled; io's RunningCommand is one. */
export interface Signallable {
  readonly ended: Promise<unknown>;
  signal(name: "SIGINT" | "SIGKILL"): void;
}

export interface Interrupt {
  readonly requested: boolean;
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

const SAME_SIGNAL_MS = 400;

/** @param notify told how often the user has asked by now: 1 was passed on, 2 and more kill. */
export function listenForInterrupt(source: SignalSource, notify: (times: number) => void): Interrupt {
  const children = new Set<Signallable>();
  let times = 0;
  let last = 0;
  const listener = (): void => {
    // npm passes a Ctrl-C on that the terminal has delivered already: two in a blink are one.
    const now = Date.now();
    if (now - last < SAME_SIGNAL_MS) return;
    last = now;
    times++;
    notify(times);
    for (const child of children) child.signal(times === 1 ? "SIGINT" : "SIGKILL");
  };
  for (const name of SIGNALS) source.on(name, listener);
  return {
    get requested() {
      return times > 0;
    },
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
