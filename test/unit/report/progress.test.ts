import { describe, expect, test } from "vitest";
import type { Event, HostStats } from "../../../tasks/core/events.ts";
import { describeFailures } from "../../../tasks/report/failure.ts";
import { plainProgress } from "../../../tasks/report/plain.ts";
import { preflightTable, readFindings } from "../../../tasks/report/preflight.ts";
import { fold, type PhaseViews } from "../../../tasks/report/progress-state.ts";
import { duration } from "../../../tasks/report/text.ts";
import { describeUnmatched } from "../../../tasks/report/unmatched.ts";

const phase = "p";
const stats = (failures: number): HostStats => ({
  ok: 1,
  changed: 0,
  failures,
  unreachable: 0,
  skipped: 0,
  rescued: 0,
  ignored: 0,
});
const start: Event = { kind: "phase-start", time: 0, phase, title: "P", log: "/l" };
const task = (id: string, name: string, time = 1): Event => ({
  kind: "task-start",
  time,
  phase,
  task: id,
  name,
  role: "r",
  action: "x",
  path: `/f.yml:${id}`,
  handler: false,
});
const failed = (id: string, host: string, message = "no", ignored = false): Event => ({
  kind: "host-failed",
  time: 2,
  phase,
  task: id,
  host,
  ignored,
  message,
});
const viewOf = (...events: readonly Event[]) => {
  const view = events.reduce<PhaseViews>(fold, new Map()).get(phase);
  if (view === undefined) throw new Error("no view");
  return view;
};

describe("failures", () => {
  test("of one task with one message are one, naming every host", () => {
    const text = describeFailures(viewOf(start, task("1", "t"), failed("1", "a"), failed("1", "b")), "/none");
    expect(text).toBe("failed on a, b\n  task    r : t\n  at      /f.yml:1\n  message no");
  });

  test("that were rescued or ignored are not told", () => {
    const view = viewOf(
      start,
      task("1", "t"),
      failed("1", "rescued", "was rescued"),
      failed("1", "real", "is real"),
      failed("1", "ignored", "was ignored", true),
      {
        kind: "stats",
        time: 3,
        phase,
        hosts: { rescued: stats(0), real: stats(1), ignored: stats(0) },
        custom: {},
      },
    );
    expect(describeFailures(view, "/none")).toContain("is real");
    expect(describeFailures(view, "/none")).not.toContain("was ");
  });

  test("that nobody reported fall back to the log", () => {
    expect(describeFailures(viewOf(start), "/none")).toContain("no task failed");
  });
});

test("plain progress prints each task once, when it ends, and failures at once", () => {
  let text = "";
  const subscribe = plainProgress((line) => {
    text += line;
  });
  for (const event of [
    start,
    { kind: "play-start", time: 0, phase, name: "Play", pattern: "all" },
    task("1", "one"),
    { kind: "host-ok", time: 2, phase, task: "1", host: "a", changed: true },
    { kind: "play-start", time: 3, phase, name: "For nobody", pattern: "nfss" },
    { kind: "no-hosts-matched", time: 3, phase, name: "For nobody", pattern: "nfss" },
    { kind: "play-start", time: 3, phase, name: "Next", pattern: "all" },
    task("2", "two", 3),
    failed("2", "a", "first line\nsecond"),
    { kind: "phase-end", time: 4, phase, status: "failed", seconds: 4 },
  ] satisfies readonly Event[]) {
    subscribe(event);
  }
  expect(text.split("\n")).toEqual([
    "== p: P",
    "   p ▸ Play",
    "     r : one: 1 changed (2.0 s)",
    "   p ▸ Next",
    "   p: FAILED a: first line",
    "     r : two: 1 failed (1.0 s)",
    "== p: failed after 4.0 s",
    "",
  ]);
});

test("plays without hosts are one line, each group once", () => {
  const plays = viewOf(
    start,
    ...["nfss", "nfss", "rbdmirrors"].map(
      (pattern, index): Event => ({ kind: "no-hosts-matched", time: 1, phase, name: `${index}`, pattern }),
    ),
  ).unmatched;
  expect(describeUnmatched(plays)).toBe("3 plays matched no host: nfss, rbdmirrors");
  const many = Array.from({ length: 14 }, (_, index) => ({ name: "", pattern: `g${index}` }));
  expect(describeUnmatched(many)).toMatch(/^14 plays matched no host: g0, .*, g11 and 2 more$/);
});

test("preflight findings of an unknown shape are left out, errors come first", () => {
  const good = { host: "b", check: "swap", severity: "warning", message: "on", remedy: "swapoff -a" };
  const worse = { ...good, host: "z", severity: "error" };
  const findings = readFindings([good, worse, { host: 1 }, null, "x"]);
  expect(findings).toHaveLength(2);
  expect(preflightTable(findings).split("\n")[1]).toMatch(/^z +error/);
  expect(readFindings("nonsense")).toEqual([]);
});

test.each([
  [0.04, "0.0 s"],
  [59.4, "59 s"],
  [65, "1 min 05 s"],
  [3 * 3600 + 240, "3 h 04 min"],
])("%d seconds read as %s", (seconds, text) => {
  expect(duration(seconds)).toBe(text);
});

test.each<[string, Event, string]>([
  ["an estimate", { ...start, estimate: 65 }, "== p: P, about 1 min 05 s last time\n"],
  ["a skip", { kind: "phase-skip", time: 0, phase, reason: "no host" }, "-- p: skipped, no host\n"],
  ["progress", { kind: "progress", time: 0, phase, message: "etcd1: stopped" }, "     etcd1: stopped\n"],
  ["a notice", { kind: "notice", time: 0, message: "look" }, "note: look\n"],
  [
    "an unreachable host",
    {
      kind: "host-unreachable",
      time: 0,
      phase,
      task: "1",
      host: "a",
      ignored: false,
      message: "no route\nmore",
    },
    "   p: UNREACHABLE a: no route\n",
  ],
  ["an ignored failure", failed("1", "a", "no", true), ""],
])("plain progress prints %s", (_what, event, line) => {
  let text = "";
  plainProgress((written) => {
    text += written;
  })(event);
  expect(text).toBe(line);
});

test("plain progress leaves out tasks that no host had to do, and shortens long titles", () => {
  let text = "";
  const subscribe = plainProgress((line) => {
    text += line;
  });
  for (const event of [
    start,
    task("1", "skipped everywhere"),
    { kind: "host-skipped", time: 2, phase, task: "1", host: "a" },
    task("2", "x".repeat(120), 2),
    { kind: "host-ok", time: 3, phase, task: "2", host: "a", changed: false },
    { kind: "phase-end", time: 4, phase, status: "done", seconds: 4 },
  ] satisfies readonly Event[])
    subscribe(event);
  expect(text).not.toContain("skipped everywhere");
  expect(text).toMatch(/^ {5}r : x{85}…: 1 ok/m);
});
