import { EventEmitter } from "node:events";
import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { GateError, PhaseError } from "../../../tasks/core/errors.ts";
import type { Event } from "../../../tasks/core/events.ts";
import { throwIfStopped } from "../../../tasks/core/stop.ts";
import type { PlannedPhase } from "../../../tasks/phases/plan.ts";
import { type Interrupt, listenForInterrupt } from "../../../tasks/run/interrupt.ts";
import type { Refusal } from "../../../tasks/run/run-phase.ts";
import { type RunOptions, runPlan } from "../../../tasks/run/run-plan.ts";
import { STATS, scriptPhase, TASK, WELL, workPhase } from "../../helpers/phases.ts";
import { temporaryFolder } from "../../helpers/temporary-folder.ts";

let folder: string;
let events: Event[];
let signals: EventEmitter;
let interrupt: Interrupt;
let said: string[];
beforeEach(() => {
  folder = temporaryFolder();
  events = [];
  said = [];
  signals = new EventEmitter();
  interrupt = listenForInterrupt(signals, (line) => said.push(line));
});
afterEach(() => interrupt.dispose());

const run = (plan: readonly PlannedPhase[], more: Partial<RunOptions> = {}) => {
  const eventsFile = join(folder, "events.jsonl");
  return runPlan({
    run: "r",
    cluster: "prod",
    plan,
    env: process.env,
    logFile: (phase) => join(folder, `${phase}.log`),
    eventsFile,
    eventsSize: () => (existsSync(eventsFile) ? statSync(eventsFile).size : 0),
    estimate: () => undefined,
    checkMode: false,
    interrupt,
    onChild: () => undefined,
    subscribers: [(event) => events.push(event)],
    ...more,
  });
};
const statuses = async (plan: readonly PlannedPhase[], more: Partial<RunOptions> = {}) =>
  Object.fromEntries((await run(plan, more)).map(({ phase, status }) => [phase.spec.name, status]));
const kinds = (phase: string): readonly string[] =>
  events.flatMap((event) => ("phase" in event && event.phase === phase ? [event.kind] : []));
const refusal: Refusal = { error: new GateError("OSD down"), codes: ["OSD_DOWN"] };

describe("a phase of playbooks", () => {
  test("emits its events in order, logs, and is done", async () => {
    const children: unknown[] = [];
    expect(
      await statuses([scriptPhase(folder, "a", [WELL])], { onChild: (pid) => children.push(pid) }),
    ).toEqual({
      a: "done",
    });
    expect(kinds("a")).toEqual(["phase-start", "task-start", "stats", "phase-end"]);
    expect(readFileSync(join(folder, "a.log"), "utf8")).toContain("PLAY RECAP");
    expect(children).toEqual([expect.any(Number), undefined]);
    expect(events.at(-1)).toMatchObject({ kind: "run-end", status: "done" });
  });

  test("in check mode is checked, never done", async () => {
    expect(await statuses([scriptPhase(folder, "a", [WELL])], { checkMode: true })).toEqual({ a: "checked" });
    expect(events.at(-1)).toMatchObject({ status: "checked" });
  });

  test.each([
    ["exit 0 without statistics", TASK, "no-stats"],
    ["exit 2 after a task", `${TASK}\nexit 2`, "hosts-failed"],
    ["exit 1 before any task", "exit 1", "ansible-failed"],
  ])("that ends with %s has failed", async (_what, script, verdict) => {
    const [result] = await run([scriptPhase(folder, "a", [script])]);
    expect(result).toMatchObject({ status: "failed", outcome: { verdict: { kind: verdict } } });
  });

  test("stops at the first of its commands that fails", async () => {
    const marker = join(folder, "second");
    await run([scriptPhase(folder, "a", [`${TASK}\n${STATS}\nexit 2`, `touch ${marker}`])]);
    expect(existsSync(marker)).toBe(false);
  });

  test("without a command has failed", async () => {
    expect(await statuses([scriptPhase(folder, "a", [])])).toEqual({ a: "failed" });
  });

  test("reports damaged lines of its events", async () => {
    await run([scriptPhase(folder, "a", [`echo '{"kind": "host' >>"$KUBE_MAGIC_EVENTS"\n${WELL}`])]);
    expect(events).toContainEqual(
      expect.objectContaining({ kind: "notice", message: expect.stringContaining("1 cut or damaged line") }),
    );
  });
});

describe("gates", () => {
  test("before a phase keep it from running", async () => {
    const work = vi.fn(async () => undefined);
    const [result] = await run([workPhase("a", work)], {
      gate: async (_spec, when) => (when === "before" ? refusal : undefined),
    });
    expect(result).toMatchObject({ status: "failed", refused: refusal.error });
    expect(work).not.toHaveBeenCalled();
    expect(events).toContainEqual(expect.objectContaining({ kind: "phase-end", refusedFor: ["OSD_DOWN"] }));
  });

  test("after a phase make it failed, although its work is done", async () => {
    const gate = async (_spec: unknown, when: string) => (when === "after" ? refusal : undefined);
    expect(await statuses([workPhase("a", async () => undefined)], { gate })).toEqual({ a: "failed" });
  });

  test("are not asked again after a phase that failed", async () => {
    const asked: string[] = [];
    const gate = async (_spec: unknown, when: string): Promise<undefined> => void asked.push(when);
    await run([scriptPhase(folder, "a", ["exit 1"])], { gate });
    expect(asked).toEqual(["before"]);
  });
});

describe("work on hosts", () => {
  test("says its progress to the user and to the log", async () => {
    await run([workPhase("a", async ({ say }) => say("etcd1: stopped"))]);
    expect(events).toContainEqual(expect.objectContaining({ kind: "progress", message: "etcd1: stopped" }));
    expect(readFileSync(join(folder, "a.log"), "utf8")).toMatch(/^\d{4}-\S+ etcd1: stopped$/m);
  });

  test("that ends with a user's error has failed, with that error", async () => {
    const error = new PhaseError("etcd2 does not start");
    const [result] = await run([workPhase("a", () => Promise.reject(error))]);
    expect(result).toMatchObject({ status: "failed", refused: error });
    expect(readFileSync(join(folder, "a.log"), "utf8")).toContain("error: etcd2 does not start");
  });

  test("that ends with a bug ends the run with it, and no event is missing", async () => {
    const bug = new TypeError("x is undefined");
    await expect(run([workPhase("a", () => Promise.reject(bug))])).rejects.toBe(bug);
    expect(kinds("a")).toEqual(["phase-start", "phase-end"]);
    expect(events.at(-1)).toMatchObject({ kind: "run-end", status: "failed" });
  });
});

describe("an interrupt", () => {
  test("lets the current step end, and keeps the next phase from starting", async () => {
    const next = vi.fn(async () => undefined);
    const plan = [
      workPhase("a", async () => void signals.emit("SIGINT")),
      workPhase("b", next, { needs: ["a"] }),
    ];
    expect(await statuses(plan)).toEqual({ a: "done", b: "interrupted" });
    expect(next).not.toHaveBeenCalled();
    expect(events.at(-1)).toMatchObject({ kind: "run-end", status: "interrupted" });
    expect(said).toEqual(["Stopping after the current task. Press Ctrl-C again to stop now."]);
  });

  test("is seen by work between two steps", async () => {
    const plan = [
      workPhase("a", async ({ stop }) => {
        signals.emit("SIGINT");
        throwIfStopped(stop, "etcd1 is stopped", "npm run etcd:restore");
      }),
    ];
    expect(await run(plan)).toMatchObject([{ status: "interrupted", refused: { exitCode: 130 } }]);
  });

  test("once asks Ansible to end", async () => {
    const phase = scriptPhase(folder, "a", [`${TASK}\nsleep 60 & wait`]);
    const ended = run([phase]);
    await expect.poll(() => kinds("a")).toContain("task-start");
    signals.emit("SIGINT");
    expect(await ended).toMatchObject([{ status: "interrupted" }]);
  });

  test("twice kills an Ansible that does not listen", async () => {
    const phase = scriptPhase(folder, "a", [`trap '' INT\n${TASK}\nsleep 60 & wait; wait`]);
    const ended = run([phase]);
    await expect.poll(() => kinds("a")).toContain("task-start");
    signals.emit("SIGINT");
    await sleep(500);
    expect(kinds("a")).not.toContain("phase-end");
    signals.emit("SIGINT");
    expect(await ended).toMatchObject([{ status: "interrupted", outcome: { verdict: { code: 137 } } }]);
    expect(interrupt.now.aborted).toBe(true);
  });

  test("that npm sends a second time within a moment counts once", () => {
    signals.emit("SIGINT");
    signals.emit("SIGINT");
    expect(said).toHaveLength(1);
    expect(interrupt.now.aborted).toBe(false);
  });
});

describe("a plan", () => {
  test("starts a phase after those that it needs, and independent ones together", async () => {
    const order: string[] = [];
    const step = (name: string, needs: readonly string[]) =>
      workPhase(
        name,
        async () => {
          order.push(`${name}+`);
          await sleep(30);
          order.push(`${name}-`);
        },
        { needs },
      );
    await run([step("a", []), step("b", []), step("c", ["a", "b"])]);
    expect(order).toEqual(["a+", "b+", "a-", "b-", "c+", "c-"]);
  });

  test("starts nothing after a failure, and lets what runs end", async () => {
    const plan = [
      workPhase("a", () => Promise.reject(new PhaseError("no"))),
      workPhase("b", () => sleep(50)),
      workPhase("c", async () => undefined, { needs: ["b"] }),
    ];
    expect(await statuses(plan)).toEqual({ a: "failed", b: "done" });
  });

  test("emits a skip with its reason and does not run it", async () => {
    const skipped = {
      ...workPhase("a", async () => undefined),
      decision: { kind: "skip", reason: "not here" } as const,
    };
    expect(await statuses([skipped])).toEqual({});
    expect(events).toContainEqual(
      expect.objectContaining({ kind: "phase-skip", phase: "a", reason: "not here" }),
    );
  });
});

describe("a subscriber that throws", () => {
  const full = new PhaseError("the disk is full");

  test("stops Ansible, and ends the run with its error", async () => {
    const phase = scriptPhase(folder, "a", [`${TASK}\nsleep 60 & wait`]);
    const subscriber = (event: Event): void => {
      if (event.kind === "task-start") throw full;
    };
    const begun = Date.now();
    await expect(run([phase], { subscribers: [subscriber] })).rejects.toBe(full);
    expect(Date.now() - begun).toBeLessThan(20_000);
  });

  test("ends the run only when the other phases have ended", async () => {
    let isOver = false;
    const plan = [
      workPhase("a", async ({ say }) => say("full")),
      workPhase("b", async () => {
        await sleep(100);
        isOver = true;
      }),
    ];
    const subscriber = (event: Event): void => {
      if (event.kind === "progress") throw full;
    };
    await expect(run(plan, { subscribers: [subscriber] })).rejects.toBe(full);
    expect(isOver).toBe(true);
  });
});
