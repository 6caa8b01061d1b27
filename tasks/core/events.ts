/**
 * What happens during a run, as data. The runner and the Ansible callback plugin produce these, one JSON object a
 * line in `events.jsonl`; journal, progress and summary subscribe.
 */
import type { Problem } from "./problem.ts";

/** Ansible's counts of one host at the end of a playbook. */
export interface HostStats {
  readonly ok: number;
  readonly changed: number;
  readonly failures: number;
  readonly unreachable: number;
  readonly skipped: number;
  readonly rescued: number;
  readonly ignored: number;
}

/** Emitted by the callback plugin. `task` refers to the uuid of a task-start. Times are seconds since the epoch. */
export type AnsibleEvent =
  | { readonly kind: "playbook-start"; readonly time: number; readonly playbook: string }
  | { readonly kind: "play-start"; readonly time: number; readonly name: string; readonly pattern: string }
  | {
      readonly kind: "no-hosts-matched";
      readonly time: number;
      readonly name: string;
      readonly pattern: string;
    }
  | { readonly kind: "no-hosts-remaining"; readonly time: number }
  | {
      readonly kind: "task-start";
      readonly time: number;
      readonly task: string;
      readonly name: string;
      readonly role?: string;
      readonly action: string;
      /** `file:line` of the task. */
      readonly path?: string;
      readonly handler: boolean;
    }
  | {
      readonly kind: "host-ok";
      readonly time: number;
      readonly task: string;
      readonly host: string;
      readonly changed: boolean;
    }
  | { readonly kind: "host-skipped"; readonly time: number; readonly task: string; readonly host: string }
  | {
      readonly kind: "host-failed";
      readonly time: number;
      readonly task: string;
      readonly host: string;
      readonly ignored: boolean;
      readonly message: string;
    }
  | {
      readonly kind: "host-unreachable";
      readonly time: number;
      readonly task: string;
      readonly host: string;
      readonly ignored: boolean;
      readonly message: string;
    }
  | {
      readonly kind: "host-retry";
      readonly time: number;
      readonly task: string;
      readonly host: string;
      readonly attempt: number;
      readonly retries: number;
    }
  | {
      readonly kind: "stats";
      readonly time: number;
      readonly hosts: Readonly<Record<string, HostStats>>;
      /** What the playbooks set with set_stats. */
      readonly custom: Readonly<Record<string, unknown>>;
    };

/** How a phase ended. `checked` is a success in check mode: nothing was changed, so the phase is not done. */
export type PhaseStatus = "done" | "checked" | "failed" | "interrupted" | "skipped";

/** Emitted by the runner. */
export type RunEvent =
  | {
      readonly kind: "run-start";
      readonly time: number;
      readonly run: string;
      readonly cluster: string;
      readonly phases: readonly string[];
    }
  | { readonly kind: "phase-skip"; readonly time: number; readonly phase: string; readonly reason: string }
  | {
      readonly kind: "phase-start";
      readonly time: number;
      readonly phase: string;
      readonly title: string;
      readonly log: string;
      /** Seconds the phase took the last time it succeeded. */
      readonly estimate?: number;
    }
  | {
      readonly kind: "phase-end";
      readonly time: number;
      readonly phase: string;
      readonly status: PhaseStatus;
      readonly seconds: number;
      /** Why a gate stopped the phase, as codes such as OSD_DOWN. */
      readonly refusedFor?: readonly string[];
    }
  /** A line of progress of a phase that is not a playbook. */
  | { readonly kind: "progress"; readonly time: number; readonly phase: string; readonly message: string }
  | { readonly kind: "notice"; readonly time: number; readonly message: string; readonly problem?: Problem }
  | { readonly kind: "run-end"; readonly time: number; readonly status: PhaseStatus };

/** The runner adds the phase when it reads an Ansible event. */
export type PhaseEvent = AnsibleEvent & { readonly phase: string };

/** Anything that happens during a run. */
export type Event = RunEvent | PhaseEvent;

/** Receives every event, in order. */
export type Subscriber = (event: Event) => void;
