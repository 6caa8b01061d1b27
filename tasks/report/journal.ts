/**
 * The journal of one run, in its own folder: run.json (state, rewritten atomically) and events.jsonl (every event; the
 * callback plugin appends to it as well). A journal that cannot be written ends the run.
 */
import { appendFileSync, mkdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { PhaseError } from "../core/errors.ts";
import type { Event } from "../core/events.ts";
import { onDisk, writeAtomic } from "../io/files.ts";
import { type PhaseRecord, RUN_RECORD_VERSION, type RunRecord } from "./run-record.ts";

export interface JournalOptions {
  readonly runsFolder: string;
  readonly cluster: string;
  readonly command: string;
  readonly user: string;
  readonly started: Date;
  /** Whether flags limited the phases. */
  readonly partial: boolean;
  readonly fingerprint: (phase: string) => string | undefined;
}

export interface Journal {
  readonly id: string;
  readonly folder: string;
  readonly eventsFile: string;
  logFile(phase: string): string;
  eventsSize(): number;
  subscribe(event: Event): void;
}

export function openJournal(options: JournalOptions): Journal {
  const id = `${stamp(options.started)}-${process.pid.toString(36)}`;
  const folder = join(options.runsFolder, id);
  onDisk(folder, () => mkdirSync(folder, { recursive: true, mode: 0o700 }));
  const eventsFile = join(folder, "events.jsonl");
  let record: RunRecord = {
    version: RUN_RECORD_VERSION,
    id,
    cluster: options.cluster,
    command: options.command,
    user: options.user,
    started: options.started.toISOString(),
    status: "running",
    phases: [],
  };
  const save = (): void => {
    writeAtomic(join(folder, "run.json"), `${JSON.stringify(record, null, 2)}\n`, 0o600);
  };
  const setPhase = (phase: PhaseRecord): void => {
    record = { ...record, phases: [...record.phases.filter(({ name }) => name !== phase.name), phase] };
    save();
  };
  save();
  const keep = (event: Event): void => {
    appendFileSync(eventsFile, `${JSON.stringify(event)}\n`, { mode: 0o600 });
    if (event.kind === "phase-start") {
      const fingerprint = options.fingerprint(event.phase);
      setPhase({
        name: event.phase,
        status: "running",
        started: iso(event.time),
        log: `${event.phase}.log`,
        ...(options.partial ? { partial: true } : {}),
        ...(fingerprint === undefined ? {} : { fingerprint }),
      });
    } else if (event.kind === "phase-skip") {
      setPhase({ name: event.phase, status: "skipped", started: iso(event.time), reason: event.reason });
    } else if (event.kind === "phase-end") {
      const begun = record.phases.find(({ name }) => name === event.phase);
      if (begun !== undefined)
        setPhase({
          ...begun,
          status: event.status,
          seconds: round(event.seconds),
          ...(event.refusedFor === undefined ? {} : { refusedFor: event.refusedFor }),
        });
    } else if (event.kind === "run-end") {
      record = { ...record, status: event.status, ended: iso(event.time) };
      save();
    }
  };
  return {
    id,
    folder,
    eventsFile,
    logFile: (phase) => join(folder, `${phase}.log`),
    eventsSize: () => statSync(eventsFile, { throwIfNoEntry: false })?.size ?? 0,
    subscribe(event) {
      // The callback plugin has written Ansible's own events already.
      if (RUNNER_KINDS.has(event.kind)) orEndTheRun(folder, () => keep(event));
    },
  };
}

/** A run without a journal stops: no record would show what it changed. */
function orEndTheRun(folder: string, write: () => void): void {
  try {
    write();
  } catch (error) {
    throw new PhaseError(
      `the journal cannot be written: ${error instanceof Error ? error.message : String(error)}`,
      {
        remedy: `the run was stopped. Make room for ${folder}, then repeat the command with --resume`,
        cause: error,
      },
    );
  }
}

const RUNNER_KINDS: ReadonlySet<Event["kind"]> = new Set([
  "run-start",
  "phase-skip",
  "phase-start",
  "phase-end",
  "progress",
  "notice",
  "run-end",
]);

/** Sortable: 20261121-084135-123 in UTC. */
function stamp(time: Date): string {
  const [date, clock] = time.toISOString().split("T") as [string, string];
  return `${date.replaceAll("-", "")}-${clock.slice(0, 12).replaceAll(":", "").replace(".", "-")}`;
}

function iso(seconds: number): string {
  return new Date(seconds * 1000).toISOString();
}

function round(seconds: number): number {
  return Math.round(seconds * 10) / 10;
}
