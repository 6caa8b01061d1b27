import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { GateError, KubeMagicError, PhaseError } from "../../../tasks/core/errors.ts";
import type { Event } from "../../../tasks/core/events.ts";
import { conclude } from "../../../tasks/deploy/conclude.ts";
import type { PlannedPhase } from "../../../tasks/phases/plan.ts";
import type { Work } from "../../../tasks/phases/spec.ts";
import { fold, type PhaseViews } from "../../../tasks/report/progress-state.ts";
import type { PhaseResult } from "../../../tasks/run/run-phase.ts";
import { aSpec } from "../../helpers/phases.ts";
import { temporaryFolder } from "../../helpers/temporary-folder.ts";

const NEXT = "npm run deploy:kube -- --resume";
const finding = {
  host: "w1",
  check: "swap",
  severity: "error",
  message: "swap is on",
  remedy: "swapoff -a",
} as const;
const numbers = { ok: 3, changed: 1, failures: 0, unreachable: 0, skipped: 0, rescued: 0, ignored: 0 };

let folder: string;
let out: string;
let err: string;
beforeEach(() => {
  folder = temporaryFolder();
  out = "";
  err = "";
});

function planned(work?: Work): PlannedPhase {
  const spec = aSpec("kube", work === undefined ? {} : { work });
  return { spec, decision: { kind: "run" }, commands: [], fingerprint: "" };
}

const START: Event = { kind: "phase-start", time: 0, phase: "kube", title: "Deploy", log: "" };
const TASK: Event = {
  kind: "task-start",
  time: 1,
  phase: "kube",
  task: "t",
  name: "install",
  action: "apt",
  path: "roles/x.yml:7",
  handler: false,
};
const stats = (failures: number): Event => ({
  kind: "stats",
  time: 3,
  phase: "kube",
  hosts: { w1: { ...numbers, failures } },
  custom: {},
});
const fails = (message: string): Event => ({
  kind: "host-failed",
  time: 2,
  phase: "kube",
  task: "t",
  host: "w1",
  ignored: false,
  message,
});
const end = (status: "done" | "failed"): Event => ({
  kind: "phase-end",
  time: 9,
  phase: "kube",
  status,
  seconds: 9,
});

interface Case {
  readonly events?: readonly Event[];
  readonly result: Omit<PhaseResult, "phase">;
  readonly findings?: readonly (typeof finding)[];
  readonly work?: Work;
}

function concluding({ events = [START], result, findings = [], work }: Case): KubeMagicError | undefined {
  const views = events.reduce<PhaseViews>(fold, new Map());
  try {
    conclude({
      session: {
        out: (text) => {
          out += text;
        },
        err: (text) => {
          err += text;
        },
        typed: { command: "deploy kube", line: "npm run deploy:kube", resumeLine: NEXT },
      },
      views,
      results: [{ ...result, phase: planned(work) }],
      journal: { logFile: (phase) => join(folder, `${phase}.log`) },
      findings,
    });
    return undefined;
  } catch (error) {
    if (error instanceof KubeMagicError) return error;
    throw error;
  }
}

const log = (): string => join(folder, "kube.log");
const outcome = (verdict: NonNullable<PhaseResult["outcome"]>["verdict"], custom = {}) => ({
  verdict,
  custom,
  damagedEvents: 0,
});

describe("a phase that ended well", () => {
  const done = { status: "done", outcome: outcome({ kind: "done", stats: {} }) } as const;

  test("is one line with its time and its numbers", () => {
    expect(concluding({ events: [START, TASK, stats(0), end("done")], result: done })).toBeUndefined();
    expect(out).toBe("kube: done in 9.0 s, 1 hosts: 3 ok, 1 changed\n");
  });

  test("in check mode says that nothing was changed", () => {
    concluding({ events: [START, end("done")], result: { ...done, status: "checked" } });
    expect(out).toContain("kube: checked (nothing was changed) in 9.0 s");
  });

  test("of work on hosts says nothing of its own", () => {
    expect(
      concluding({ result: { status: "done" }, work: { lines: [], run: async () => undefined } }),
    ).toBeUndefined();
    expect([out, err]).toEqual(["", ""]);
  });

  test("names plays that matched no host", () => {
    const unmatched: Event = {
      kind: "no-hosts-matched",
      time: 1,
      phase: "kube",
      name: "NFS",
      pattern: "nfss",
    };
    concluding({ events: [START, unmatched, end("done")], result: done });
    expect(err).toBe("note: kube: 1 play matched no host: nfss\n");
  });

  test("prints its warnings as a table, and earlier errors end the run with 3", () => {
    const custom = { kube_magic_preflight: [{ ...finding, severity: "warning" }] };
    const warned = { ...done, outcome: outcome({ kind: "done", stats: {} }, custom) };
    expect(concluding({ events: [START, end("done")], result: warned })).toBeUndefined();
    expect(out).toMatch(/^w1 +warning +swap/m);
    expect(concluding({ result: done, findings: [finding] })).toMatchObject({ exitCode: 3 });
  });
});

describe("a phase that failed", () => {
  const failed = { status: "failed", outcome: outcome({ kind: "hosts-failed", code: 2 }) } as const;

  test("shows task, place and message, then log and next command", () => {
    const events = [START, TASK, fails("no space"), stats(1), end("failed")];
    expect(concluding({ events, result: failed })).toMatchObject({
      exitCode: 5,
      message: "kube failed",
      output: "failed on w1\n  task    install\n  at      roles/x.yml:7\n  message no space",
      remedy: `log ${log()}; then: ${NEXT}`,
    });
  });

  test("for a known reason shows its meaning and its remedy first", () => {
    const events = [
      START,
      TASK,
      fails("No package matching 'haproxy' is available"),
      stats(1),
      end("failed"),
    ];
    const error = concluding({ events, result: failed });
    expect(error?.message).toContain("cannot find the package haproxy");
    expect(error?.remedy).toMatch(/apt-get update[\s\S]*→ log \S+kube\.log; then: npm run deploy:kube/);
  });

  test.each([
    [
      "ansible itself",
      outcome({ kind: "ansible-failed", code: 4 }),
      "ansible-playbook itself failed (exit code 4)",
    ],
    ["missing statistics", outcome({ kind: "no-stats" }), "without its final statistics"],
  ])("because of %s shows the end of the log", (_what, why, message) => {
    writeFileSync(log(), "first\nlast words\n");
    const error = concluding({ result: { status: "failed", outcome: why } });
    expect(error?.message).toContain(message);
    expect(error?.output).toContain("last words");
    expect(error?.remedy).toContain(NEXT);
  });

  test("with errors of preflight ends with 3 and counts hosts", () => {
    const custom = { kube_magic_preflight: [finding, { ...finding, check: "ntp" }] };
    expect(
      concluding({ result: { ...failed, outcome: outcome({ kind: "hosts-failed", code: 2 }, custom) } }),
    ).toMatchObject({
      exitCode: 3,
      message: "kube: 2 preflight check(s) failed on 1 host(s)",
      remedy: `log ${log()}; then: ${NEXT}`,
    });
  });

  test("because of a gate ends with the gate's error", () => {
    const refused = new GateError("kube: OSD down");
    expect(concluding({ result: { status: "failed", refused } })).toBe(refused);
  });

  test("in its work on hosts ends with the work's error, and names the log", () => {
    const refused = new PhaseError("etcd2 does not start", { remedy: "npm run etcd:status" });
    const work = { lines: [], run: async () => undefined };
    expect(concluding({ result: { status: "failed", refused }, work })).toBe(refused);
    expect(err).toBe(`note: log ${log()}\n`);
  });
});

describe("an interrupted run", () => {
  test("names the log and the command to resume", () => {
    expect(concluding({ result: { status: "interrupted" } })).toMatchObject({
      exitCode: 130,
      message: "kube was interrupted",
      remedy: `log ${log()}; to resume: ${NEXT}`,
    });
  });

  test("that did not start a phase says so, without a log", () => {
    expect(concluding({ events: [], result: { status: "interrupted" } })).toMatchObject({
      exitCode: 130,
      message: "the run was interrupted before kube started",
      remedy: `to resume: ${NEXT}`,
    });
  });
});
