/** The state of a phase, folded from its events. Terminal and plain output both show it. */
import type { Event, HostStats } from "../core/events.ts";
import type { UnmatchedPlay } from "./unmatched.ts";

export interface TaskView {
  readonly id: string;
  /** `role : name`, as Ansible prints it. */
  readonly title: string;
  readonly path?: string;
  readonly started: number;
  readonly ok: number;
  readonly changed: number;
  readonly failed: number;
  readonly skipped: number;
}

export interface Failure {
  readonly task: string;
  readonly path?: string;
  readonly host: string;
  readonly kind: "failed" | "unreachable";
  readonly message: string;
}

export interface PhaseView {
  readonly phase: string;
  readonly title: string;
  readonly started: number;
  readonly estimate?: number;
  readonly play: string;
  /** The latest line of a phase that is no playbook. */
  readonly progress?: string;
  readonly task?: TaskView;
  /** Tasks begun so far. */
  readonly tasks: number;
  readonly failures: readonly Failure[];
  /** Plays that matched no host. */
  readonly unmatched: readonly UnmatchedPlay[];
  readonly stats?: Readonly<Record<string, HostStats>>;
  readonly ended?: { readonly status: string; readonly seconds: number };
}

export type PhaseViews = ReadonlyMap<string, PhaseView>;

/** The views after one more event; the same object when nothing visible has changed. */
export function fold(views: PhaseViews, event: Event): PhaseViews {
  if (!("phase" in event)) return views;
  const before = views.get(event.phase);
  const after = event.kind === "phase-start" ? begin(event) : before && step(before, event);
  if (after === undefined || after === before) return views;
  return new Map(views).set(event.phase, after);
}

function begin(event: Extract<Event, { kind: "phase-start" }>): PhaseView {
  return {
    phase: event.phase,
    title: event.title,
    started: event.time,
    ...(event.estimate === undefined ? {} : { estimate: event.estimate }),
    play: "",
    tasks: 0,
    failures: [],
    unmatched: [],
  };
}

function step(view: PhaseView, event: Event): PhaseView {
  switch (event.kind) {
    case "play-start": {
      const { task: _finished, ...rest } = view;
      return { ...rest, play: event.name };
    }
    case "no-hosts-matched":
      return { ...view, unmatched: [...view.unmatched, { name: event.name, pattern: event.pattern }] };
    case "task-start":
      return {
        ...view,
        tasks: view.tasks + 1,
        task: {
          id: event.task,
          title: event.role === undefined ? event.name : `${event.role} : ${event.name}`,
          ...(event.path === undefined ? {} : { path: event.path }),
          started: event.time,
          ok: 0,
          changed: 0,
          failed: 0,
          skipped: 0,
        },
      };
    case "host-ok":
      return count(view, event.task, event.changed ? "changed" : "ok");
    case "host-skipped":
      return count(view, event.task, "skipped");
    case "host-failed":
    case "host-unreachable": {
      if (event.ignored) return count(view, event.task, "skipped");
      const counted = count(view, event.task, "failed");
      const failure: Failure = {
        task: view.task?.title ?? "",
        ...(view.task?.path === undefined ? {} : { path: view.task.path }),
        host: event.host,
        kind: event.kind === "host-failed" ? "failed" : "unreachable",
        message: event.message,
      };
      return { ...counted, failures: [...view.failures, failure] };
    }
    case "progress":
      return { ...view, progress: event.message };
    case "stats":
      return { ...view, stats: sumStats(view.stats ?? {}, event.hosts) };
    case "phase-end":
      return { ...view, ended: { status: event.status, seconds: event.seconds } };
    default:
      return view;
  }
}

/** A phase of several playbooks has the statistics of all of them. */
function sumStats(
  before: Readonly<Record<string, HostStats>>,
  more: Readonly<Record<string, HostStats>>,
): Readonly<Record<string, HostStats>> {
  const sums = { ...before };
  for (const [host, numbers] of Object.entries(more)) {
    const old = before[host];
    sums[host] =
      old === undefined
        ? numbers
        : (Object.fromEntries(
            Object.entries(numbers).map(([key, value]) => [key, value + old[key as keyof HostStats]]),
          ) as unknown as HostStats);
  }
  return sums;
}

function count(view: PhaseView, task: string, what: "ok" | "changed" | "failed" | "skipped"): PhaseView {
  if (view.task === undefined || view.task.id !== task) return view;
  return { ...view, task: { ...view.task, [what]: view.task[what] + 1 } };
}

/** Failures that count: a host whose failure was rescued ends without one in its statistics. */
export function finalFailures(view: PhaseView): readonly Failure[] {
  if (view.stats === undefined) return view.failures;
  return view.failures.filter(({ host, kind }) => {
    const numbers = view.stats?.[host];
    return numbers === undefined || (kind === "failed" ? numbers.failures > 0 : numbers.unreachable > 0);
  });
}
