/** Progress on a terminal (listr2): one line a phase, under it play, task, hosts and time, live. */
import { Listr, type ListrTaskWrapper } from "listr2";
import type { Event, Subscriber } from "../core/events.ts";
import { fold, type PhaseView, type PhaseViews } from "./progress-state.ts";
import { counts, duration } from "./text.ts";

export interface TerminalProgress {
  readonly subscribe: Subscriber;
  /** Resolves when the last line has been drawn. */
  readonly finished: Promise<void>;
}

// biome-ignore lint/suspicious/noExplicitAny: the renderer's type parameters do not matter to a task that only sets its texts.
type Wrapper = ListrTaskWrapper<unknown, any, any>;

interface Running {
  readonly wrapper: Wrapper;
  readonly end: (error?: Error) => void;
}

const REDRAW_MS = 250;

export function terminalProgress(
  phases: readonly { readonly name: string; readonly title: string }[],
): TerminalProgress {
  let views: PhaseViews = new Map();
  const running = new Map<string, Running>();
  const pending = new Map<string, Event>();
  let over = false;

  const draw = (): void => {
    for (const [name, { wrapper }] of running) {
      const view = views.get(name);
      if (view === undefined) continue;
      wrapper.title = `${view.title}  ${clock(view)}`;
      wrapper.output = body(view);
    }
  };
  const timer = setInterval(draw, REDRAW_MS);

  const finish = (event: Event): void => {
    if (event.kind === "phase-end") {
      const entry = running.get(event.phase);
      draw();
      if (entry === undefined) return void pending.set(event.phase, event);
      entry.wrapper.title = `${views.get(event.phase)?.title ?? event.phase}  ${event.status} after ${duration(event.seconds)}`;
      entry.end(
        event.status === "failed" || event.status === "interrupted" ? new Error(event.status) : undefined,
      );
      running.delete(event.phase);
    }
    if (event.kind === "run-end") {
      over = true;
      clearInterval(timer);
      for (const { wrapper, end } of running.values()) {
        wrapper.skip(`${String(wrapper.title)}: not started`);
        end();
      }
    }
  };

  const list = new Listr(
    phases.map(({ name, title }) => ({
      title,
      task: (_context: unknown, wrapper: Wrapper) =>
        new Promise<void>((resolve, reject) => {
          running.set(name, { wrapper, end: (error) => (error === undefined ? resolve() : reject(error)) });
          const already = pending.get(name);
          if (already !== undefined) finish(already);
          else if (over) resolve();
        }),
      rendererOptions: { outputBar: true, persistentOutput: false },
    })),
    {
      concurrent: true,
      exitOnError: false,
      collectErrors: false,
      registerSignalListeners: false,
      rendererOptions: { collapseErrors: true, showErrorMessage: false },
    },
  );
  const finished = list.run().then(() => undefined);
  return {
    finished,
    subscribe(event) {
      views = fold(views, event);
      finish(event);
    },
  };
}

function clock(view: PhaseView): string {
  const elapsed = Date.now() / 1000 - view.started;
  return view.estimate === undefined
    ? duration(elapsed)
    : `${duration(elapsed)} of about ${duration(view.estimate)}`;
}

function body(view: PhaseView): string {
  if (view.progress !== undefined) return view.progress;
  const lines = [view.play === "" ? "starting Ansible" : `play  ${view.play}`];
  if (view.task !== undefined)
    lines.push(`task  ${view.task.title}`, `hosts ${counts(view.task) || "no answer yet"}`);
  return lines.join("\n");
}
