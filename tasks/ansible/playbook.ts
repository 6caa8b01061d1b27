/** Runs one playbook and tells what came of it. */
import type { HostStats, PhaseEvent } from "../core/events.ts";
import { type RunningCommand, startWithLog } from "../io/command/log.ts";
import type { PlaybookCommand } from "./command.ts";
import { openEventReader } from "./event-reader.ts";

export interface PlaybookRun {
  readonly phase: string;
  readonly command: PlaybookCommand;
  /** The caller's environment. */
  readonly env: NodeJS.ProcessEnv;
  /** Human log; appended to. */
  readonly logFile: string;
  readonly eventsFile: string;
  readonly eventsFrom: number;
  readonly onEvent: (event: PhaseEvent) => void;
  readonly onStart: (process: RunningCommand) => void;
}

/** Why a playbook counts as failed, or `done`. Truth in this order: exit code, then the stats event. */
export type PlaybookVerdict =
  | { readonly kind: "done"; readonly stats: Readonly<Record<string, HostStats>> }
  | { readonly kind: "hosts-failed"; readonly code: number }
  /** Ansible itself gave up: bad options, a syntax error, a broken installation. */
  | { readonly kind: "ansible-failed"; readonly code: number }
  | { readonly kind: "interrupted"; readonly code: number }
  /** Exit code 0 without the final event: nobody can vouch for it. */
  | { readonly kind: "no-stats" };

export interface PlaybookOutcome {
  readonly verdict: PlaybookVerdict;
  readonly custom: Readonly<Record<string, unknown>>;
  /** Damaged or cut lines in the event file. */
  readonly damagedEvents: number;
}

const POLL_MS = 100;

export async function runPlaybook(run: PlaybookRun): Promise<PlaybookOutcome> {
  let stats: Extract<PhaseEvent, { kind: "stats" }> | undefined;
  let sawTask = false;
  const reader = openEventReader(run.eventsFile, run.eventsFrom, (event) => {
    if (event.phase !== run.phase) return;
    if (event.kind === "stats") stats = event;
    if (event.kind === "task-start") sawTask = true;
    run.onEvent(event);
  });
  const running = startWithLog(run.command.argv, {
    cwd: run.command.cwd,
    env: environment(run),
    outputFile: run.logFile,
  });
  let failure: unknown;
  // When a subscriber cannot do its duty (a full disk, say): stop, and say so once Ansible has ended.
  const stopOnError = (work: () => void): void => {
    try {
      work();
    } catch (error) {
      failure ??= error;
      running.signal("SIGINT");
    }
  };
  stopOnError(() => run.onStart(running));
  const timer = setInterval(() => stopOnError(() => reader.poll()), POLL_MS);
  const ended = await running.ended;
  clearInterval(timer);
  try {
    if (failure !== undefined) throw failure;
    reader.poll();
    return {
      verdict: judge(ended.code, running.signalled, sawTask, stats?.hosts),
      custom: stats?.custom ?? {},
      damagedEvents: reader.damaged + (reader.pending > 0 ? 1 : 0),
    };
  } finally {
    reader.close();
  }
}

/** Ansible's exit codes: 2 hosts failed, 4 unreachable (8 and the sum on some), 1 and 5 its own errors, 99 interrupted, 250 a crash. */
function judge(
  code: number,
  signalled: boolean,
  sawTask: boolean,
  stats: Readonly<Record<string, HostStats>> | undefined,
): PlaybookVerdict {
  if (signalled || code === 99) return { kind: "interrupted", code };
  if (code === 0) return stats === undefined ? { kind: "no-stats" } : { kind: "done", stats };
  return sawTask && (stats !== undefined || code === 2 || code === 4)
    ? { kind: "hosts-failed", code }
    : { kind: "ansible-failed", code };
}

/** The caller's environment, ours on top. An ANSIBLE_FORKS or ANSIBLE_STRATEGY of the user's wins: it is a choice. */
function environment(run: PlaybookRun): NodeJS.ProcessEnv {
  const chosen = Object.fromEntries(
    Object.entries(run.env).filter(([key]) => key === "ANSIBLE_FORKS" || key.startsWith("ANSIBLE_STRATEGY")),
  );
  return {
    ...run.env,
    ...run.command.env,
    ...chosen,
    KUBE_MAGIC_EVENTS: run.eventsFile,
    KUBE_MAGIC_PHASE: run.phase,
    PYTHONUNBUFFERED: "1",
    // Ansible refuses to start under a locale that is not UTF-8.
    LC_ALL: "C.UTF-8",
  };
}
