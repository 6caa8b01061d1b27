import { chmodSync, mkdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { KubeMagicError } from "../../../tasks/core/errors.ts";
import type { Event } from "../../../tasks/core/events.ts";
import { endOf, lastDone, readHistory, refusedSinceDone } from "../../../tasks/report/history.ts";
import { type Journal, type JournalOptions, openJournal } from "../../../tasks/report/journal.ts";
import { temporaryFolder } from "../../helpers/temporary-folder.ts";

let runsFolder: string;
beforeEach(() => {
  runsFolder = join(temporaryFolder(), "runs");
});

const open = (more: Partial<JournalOptions> = {}): Journal =>
  openJournal({
    runsFolder,
    cluster: "prod",
    command: "deploy kube",
    user: "ann",
    started: new Date("2026-11-21T08:41:35.123Z"),
    partial: false,
    fingerprint: (phase) => `print of ${phase}`,
    ...more,
  });
const record = ({ folder }: Journal) => JSON.parse(readFileSync(join(folder, "run.json"), "utf8"));
const lines = ({ eventsFile }: Journal): readonly Event[] =>
  readFileSync(eventsFile, "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));

const T = Date.parse("2026-11-21T08:41:36Z") / 1000;
const start: Event = { kind: "phase-start", time: T, phase: "kube", title: "Deploy", log: "/l" };
const phaseEnd = (status: "done" | "failed", refusedFor?: readonly string[]): Event => ({
  kind: "phase-end",
  time: T + 60,
  phase: "kube",
  status,
  seconds: 60.04,
  ...(refusedFor === undefined ? {} : { refusedFor }),
});

describe("a journal", () => {
  test("begins with a record that says it runs, readable by its owner only", () => {
    const journal = open();
    expect(journal.id).toMatch(/^20261121-084135-123-/);
    expect(record(journal)).toMatchObject({
      version: 1,
      status: "running",
      command: "deploy kube",
      user: "ann",
      phases: [],
    });
    expect(statSync(journal.folder).mode & 0o077).toBe(0);
    expect(statSync(join(journal.folder, "run.json")).mode & 0o077).toBe(0);
    expect(journal.eventsSize()).toBe(0);
  });

  test("keeps every event of the runner, and none that Ansible's callback has written", () => {
    const journal = open();
    const own: readonly Event[] = [
      { kind: "run-start", time: T, run: "r", cluster: "prod", phases: ["kube"] },
      { kind: "phase-skip", time: T, phase: "ceph", reason: "no host has a ceph role" },
      start,
      { kind: "progress", time: T, phase: "kube", message: "m" },
      { kind: "notice", time: T, message: "n" },
      phaseEnd("done"),
      { kind: "run-end", time: T + 61, status: "done" },
    ];
    const ansible: Event = { kind: "play-start", time: T, phase: "kube", name: "p", pattern: "all" };
    for (const event of [...own, ansible]) journal.subscribe(event);
    expect(lines(journal)).toEqual(own);
    expect(journal.eventsSize()).toBe(statSync(journal.eventsFile).size);
    expect(statSync(journal.eventsFile).mode & 0o077).toBe(0);
  });

  test("rewrites the record at each step", () => {
    const journal = open();
    journal.subscribe({ kind: "phase-skip", time: T, phase: "ceph", reason: "why" });
    journal.subscribe(start);
    expect(record(journal).phases).toEqual([
      { name: "ceph", status: "skipped", started: "2026-11-21T08:41:36.000Z", reason: "why" },
      {
        name: "kube",
        status: "running",
        started: "2026-11-21T08:41:36.000Z",
        log: "kube.log",
        fingerprint: "print of kube",
      },
    ]);
    journal.subscribe(phaseEnd("failed", ["OSD_DOWN"]));
    journal.subscribe({ kind: "run-end", time: T + 61, status: "failed" });
    expect(record(journal)).toMatchObject({
      status: "failed",
      ended: "2026-11-21T08:42:37.000Z",
      phases: [{}, { name: "kube", status: "failed", seconds: 60, refusedFor: ["OSD_DOWN"] }],
    });
  });

  test("marks phases of a limited run", () => {
    const journal = open({ partial: true, fingerprint: () => undefined });
    journal.subscribe(start);
    expect(record(journal).phases[0]).toMatchObject({ partial: true });
    expect(record(journal).phases[0]).not.toHaveProperty("fingerprint");
  });
});

describe("a journal that cannot be written", () => {
  const failing = (act: () => void): KubeMagicError => {
    try {
      act();
    } catch (error) {
      if (error instanceof KubeMagicError) return error;
      throw error;
    }
    throw new Error("nothing was thrown");
  };

  test("because the folder of runs is a file refuses the run with 3", () => {
    mkdirSync(join(runsFolder, ".."), { recursive: true });
    writeFileSync(runsFolder, "");
    expect(failing(() => open()).exitCode).toBe(3);
  });

  test("because its folder is gone ends the run with 5, and names the folder and the next step", () => {
    const journal = open();
    rmSync(journal.folder, { recursive: true });
    const error = failing(() => journal.subscribe(start));
    expect(error).toMatchObject({
      exitCode: 5,
      message: expect.stringContaining("the journal cannot be written"),
    });
    expect(error.remedy).toContain(`Make room for ${journal.folder}, then repeat the command with --resume`);
  });

  // /dev/full says "no space left" at each write, without a mount.
  test("because the disk is full ends the run with 5 and says so", () => {
    const journal = open();
    rmSync(journal.eventsFile, { force: true });
    symlinkSync("/dev/full", journal.eventsFile);
    expect(failing(() => journal.subscribe(start)).message).toMatch(/no space left/i);
  });

  test.skipIf(process.getuid?.() === 0)("because its folder is read-only ends the run with 5", () => {
    const journal = open();
    chmodSync(journal.folder, 0o500);
    expect(failing(() => journal.subscribe(start)).exitCode).toBe(5);
    chmodSync(journal.folder, 0o700);
  });
});

describe("the history", () => {
  const finished = (
    day: number,
    status: "done" | "failed",
    more: Partial<JournalOptions> = {},
    codes?: string[],
  ) => {
    const journal = open({ started: new Date(`2026-11-${String(day).padStart(2, "0")}T08:00:00Z`), ...more });
    journal.subscribe(start);
    journal.subscribe(phaseEnd(status, codes));
    journal.subscribe({ kind: "run-end", time: T + 61, status });
    return journal.id;
  };

  test("is newest first, and leaves out folders without a record of this version", () => {
    const first = finished(10, "done");
    const second = finished(11, "failed");
    mkdirSync(join(runsFolder, "20261201-000000-000-x"));
    mkdirSync(join(runsFolder, "20261202-000000-000-x"));
    writeFileSync(join(runsFolder, "20261202-000000-000-x", "run.json"), '{"version": 99}');
    expect(readHistory(runsFolder).map(({ id }) => id)).toEqual([second, first]);
    expect(readHistory(join(runsFolder, "nowhere"))).toEqual([]);
  });

  test("knows the latest complete success, and when it ended", () => {
    const good = finished(10, "done");
    finished(11, "done", { partial: true });
    finished(12, "failed");
    const last = lastDone(runsFolder, "kube");
    expect(last?.run.id).toBe(good);
    expect(last && endOf(last.phase)).toBe("2026-11-21T08:42:36.000Z");
  });

  test("finds for a resume only a success that no later change made old", () => {
    finished(10, "done");
    expect(lastDone(runsFolder, "kube", "print of kube")).toBeDefined();
    finished(11, "failed", { fingerprint: () => "other" });
    expect(lastDone(runsFolder, "kube", "print of kube")).toBeUndefined();
  });

  test("knows what gates refused since the last success", () => {
    finished(9, "failed", {}, ["OLD"]);
    finished(10, "done");
    finished(11, "failed", {}, ["OSD_DOWN"]);
    expect([...refusedSinceDone(runsFolder, "kube")]).toEqual(["OSD_DOWN"]);
  });
});
