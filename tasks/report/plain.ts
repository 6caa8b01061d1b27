/** Progress as plain lines, for logs, CI and dumb terminals: one line a finished task, nothing is overwritten. */
import type { Event, Subscriber } from "../core/events.ts";
import { fold, type PhaseViews } from "./progress-state.ts";
import { counts, duration } from "./text.ts";

/** Characters; the titles of argument checks hold the description of the whole role. */
const LONGEST_TITLE = 90;

export function plainProgress(write: (text: string) => void): Subscriber {
  let views: PhaseViews = new Map();
  return (event) => {
    const before = views;
    views = fold(views, event);
    for (const line of lines(before, event)) write(`${line}\n`);
  };
}

function lines(before: PhaseViews, event: Event): readonly string[] {
  switch (event.kind) {
    case "phase-start": {
      const estimate = event.estimate === undefined ? "" : `, about ${duration(event.estimate)} last time`;
      return [`== ${event.phase}: ${event.title}${estimate}`];
    }
    case "phase-skip":
      return [`-- ${event.phase}: skipped, ${event.reason}`];
    case "phase-end":
      return [
        ...finished(before, event),
        `== ${event.phase}: ${event.status} after ${duration(event.seconds)}`,
      ];
    case "play-start":
      return finished(before, event);
    case "task-start": {
      // A play is printed with its first task: a play that matches no host has none.
      const view = before.get(event.phase);
      return view?.task === undefined ? [`   ${event.phase} ▸ ${view?.play ?? ""}`] : finished(before, event);
    }
    case "host-failed":
    case "host-unreachable":
      if (event.ignored) return [];
      return [
        `   ${event.phase}: ${event.kind === "host-failed" ? "FAILED" : "UNREACHABLE"} ${event.host}: ${firstLine(event.message)}`,
      ];
    case "progress":
      return [`     ${event.message}`];
    case "notice":
      return [`note: ${event.message}`];
    default:
      return [];
  }
}

/** The line of the task that this event ends. */
function finished(before: PhaseViews, event: Event & { phase: string }): readonly string[] {
  const task = before.get(event.phase)?.task;
  if (task === undefined || before.get(event.phase)?.ended !== undefined) return [];
  // A task that no host had to do is left out.
  if (task.ok + task.changed + task.failed === 0) return [];
  return [`     ${shorten(task.title)}: ${counts(task)} (${duration(event.time - task.started)})`];
}

function shorten(title: string): string {
  return title.length <= LONGEST_TITLE ? title : `${title.slice(0, LONGEST_TITLE - 1)}…`;
}

export function firstLine(text: string): string {
  return text.split("\n", 1)[0] ?? "";
}
