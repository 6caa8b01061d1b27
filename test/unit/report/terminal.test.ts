import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Event, PhaseStatus } from "../../../tasks/core/events.ts";
import { terminalProgress } from "../../../tasks/report/terminal.ts";

const PHASES = [
  { name: "ceph", title: "Deploy Ceph" },
  { name: "kube", title: "Deploy Kubernetes" },
];
let drawn: string;
beforeEach(() => {
  drawn = "";
  const write = (text: string | Uint8Array): boolean => {
    drawn += String(text);
    return true;
  };
  vi.spyOn(process.stdout, "write").mockImplementation(write);
  vi.spyOn(process.stderr, "write").mockImplementation(write);
  for (const method of ["log", "error"] as const)
    vi.spyOn(console, method).mockImplementation((text) => void write(`${text}\n`));
});
afterEach(() => void vi.restoreAllMocks());

const now = (): number => Date.now() / 1000;
const start = (phase: string): Event => ({
  kind: "phase-start",
  time: now(),
  phase,
  title: PHASES.find(({ name }) => name === phase)?.title ?? "",
  log: "/l",
});
const end = (phase: string, status: PhaseStatus): Event => ({
  kind: "phase-end",
  time: now(),
  phase,
  status,
  seconds: 3,
});
const runEnd = (status: PhaseStatus): Event => ({ kind: "run-end", time: now(), status });

async function view(events: readonly Event[]): Promise<string> {
  const progress = terminalProgress(PHASES);
  for (const event of events) progress.subscribe(event);
  await progress.finished;
  return drawn;
}

describe("the live view", () => {
  test("ends each phase with its result and its time", async () => {
    const text = await view([
      start("ceph"),
      end("ceph", "done"),
      start("kube"),
      end("kube", "done"),
      runEnd("done"),
    ]);
    expect(text).toContain("Deploy Ceph  done after 3.0 s");
    expect(text).toContain("Deploy Kubernetes  done after 3.0 s");
  });

  test.each(["failed", "interrupted"] as const)(
    "shows a phase that %s, and that the next was not started",
    async (status) => {
      const text = await view([start("ceph"), end("ceph", status), runEnd(status)]);
      expect(text).toContain(`Deploy Ceph  ${status} after 3.0 s`);
      expect(text).not.toContain("Deploy Kubernetes  done");
    },
  );

  test("ends when the run ended before any phase started", async () => {
    await expect(view([runEnd("interrupted")])).resolves.toBeDefined();
  });

  test("draws play, task and hosts while a phase runs", async () => {
    const progress = terminalProgress(PHASES.slice(0, 1));
    progress.subscribe(start("ceph"));
    progress.subscribe({ kind: "play-start", time: now(), phase: "ceph", name: "Monitors", pattern: "mons" });
    progress.subscribe({
      kind: "task-start",
      time: now(),
      phase: "ceph",
      task: "t",
      name: "start",
      role: "ceph-mon",
      action: "service",
      handler: false,
    });
    progress.subscribe({
      kind: "host-ok",
      time: now(),
      phase: "ceph",
      task: "t",
      host: "ceph1",
      changed: true,
    });
    await vi.waitFor(() => expect(drawn).toContain("task  ceph-mon : start"), { timeout: 5000 });
    expect(drawn).toContain("play  Monitors");
    expect(drawn).toContain("hosts 1 changed");
    progress.subscribe(end("ceph", "done"));
    progress.subscribe(runEnd("done"));
    await progress.finished;
  });

  test("draws the latest line of work on hosts", async () => {
    const progress = terminalProgress(PHASES.slice(0, 1));
    progress.subscribe(start("ceph"));
    progress.subscribe({ kind: "progress", time: now(), phase: "ceph", message: "etcd1: stopped" });
    await vi.waitFor(() => expect(drawn).toContain("etcd1: stopped"), { timeout: 5000 });
    progress.subscribe(end("ceph", "done"));
    progress.subscribe(runEnd("done"));
    await progress.finished;
  });
});
