import { describe, expect, test } from "vitest";
import { backupReport, backupStatus } from "../../../tasks/backup/answers.ts";
import { chosenHosts } from "../../../tasks/backup/choose.ts";
import { failureIn } from "../../../tasks/backup/copy-to-controller.ts";
import { errorOf } from "../../../tasks/backup/failures.ts";
import { ageText, judgeStatus, sizeText } from "../../../tasks/backup/freshness.ts";
import { eventsIn, notDeployed, outcomeOf, type Unsuccessful } from "../../../tasks/backup/program.ts";
import { Tagged } from "../../../tasks/core/value.ts";
import type { HostAnswer } from "../../../tasks/hosts/answer.ts";
import { aCluster } from "../../helpers/model.ts";
import { variablesOf } from "../../helpers/rendered.ts";
import { BACKUP } from "./sample.ts";

const NOW = 1_800_000_000;
const HOUR = 3600;
const good = (hoursAgo: number) => ({
  attempt: { started: NOW - hoursAgo * HOUR, ended: NOW - hoursAgo * HOUR, result: "ok" },
  success: {
    started: NOW - hoursAgo * HOUR,
    ended: NOW - hoursAgo * HOUR,
    snapshot: "abcd1234",
    files: 10,
    bytes: 1,
    added_bytes: 1,
  },
});
const failed = (kind: string) => ({
  attempt: { started: NOW, ended: NOW, result: "failed", kind, message: "why" },
});
const statusOf = (jobs: object) =>
  backupStatus.parse({ repository: "r", freshness: { max_age_hours: 26, drill_max_age_days: 8 }, ...jobs });

describe("the state of a host's backups", () => {
  test.each([
    ["fresh and drilled", { backup: good(1), drill: good(24) }, "ok", ""],
    ["never drilled", { backup: good(1) }, "warning", "no drill"],
    ["drilled long ago", { backup: good(1), drill: good(200) }, "warning", "older than 8 d"],
    ["too old", { backup: good(27), drill: good(24) }, "critical", "older than 26 h"],
    ["never made", {}, "critical", "no backup has succeeded"],
    [
      "failed last time",
      { backup: { ...good(1), ...failed("disk-full") }, drill: good(1) },
      "critical",
      "disk-full: why",
    ],
    [
      "damaged",
      { backup: good(1), drill: good(1), verify: failed("repository-damaged") },
      "critical",
      "check of the repository",
    ],
    [
      "not drilled well",
      { backup: good(1), drill: { ...good(1), ...failed("etcd-snapshot") } },
      "critical",
      "restore drill failed",
    ],
    [
      "without retention",
      { backup: good(1), drill: good(1), retention: failed("unreachable") },
      "warning",
      "old backups were not removed",
    ],
  ])("%s", (_what, jobs, state, reason) => {
    const verdict = judgeStatus(statusOf(jobs), NOW);
    expect(verdict.state).toBe(state);
    expect(verdict.reasons.join()).toContain(reason);
  });

  test("is told in words of people", () => {
    expect([59, 3600, 47 * HOUR, 49 * HOUR].map(ageText)).toEqual(["0 min", "1 h", "47 h", "2 d"]);
    expect([0, 1023, 1024, 5 * 1024 ** 3].map(sizeText)).toEqual(["0 B", "1023 B", "1.0 KiB", "5.0 GiB"]);
  });
});

const ran = (code: number, section?: string): HostAnswer => ({
  kind: "ran",
  code,
  sections: new Map(section === undefined ? [] : [[section, { code: 0, text: "yes" }]]),
  text: "",
  stderr: "",
});
const GONE: HostAnswer = { kind: "no-answer", why: "broken", reason: "r", remedy: "npm run preflight" };

describe("what the program on a host says", () => {
  const report = { snapshot: "a", files: 1, bytes: 1, added_bytes: 1 };
  test.each([
    ["a report", ran(0), { event: "done", report }, "done", ""],
    ["a failure", ran(6), { event: "failure", kind: "busy", message: "m" }, "failed", "busy"],
    ["nothing: it is not installed", ran(0, "absent"), undefined, "silent", ""],
    ["nothing: no connection", GONE, undefined, "silent", ""],
    [
      "a failure, and then the host is gone",
      GONE,
      { event: "failure", kind: "etcd", message: "m" },
      "failed",
      "etcd",
    ],
    ["a report, and then the host is gone", GONE, { event: "done", report }, "silent", ""],
    ["nothing and 0", ran(0), undefined, "failed", "unexpected"],
    ["another version's words", ran(0), { event: "done", report: {} }, "failed", "unexpected"],
  ] as const)("%s", (_what, answer, last, kind, failure) => {
    const outcome = outcomeOf("h", answer, last as never, backupReport);
    expect(outcome.kind).toBe(kind);
    if (outcome.kind === "failed") expect(outcome.failure).toBe(failure);
  });

  test("is read line by line, and other lines are ignored", () => {
    expect(eventsIn('{"event":"step","message":"m"}')).toEqual([{ event: "step", message: "m" }]);
    for (const line of ["", "{", "Welcome!", '{"event":"party"}', "null"]) expect(eventsIn(line)).toEqual([]);
  });

  test.each([
    [
      "failure of the program",
      2,
      '{"event":"failure","kind":"no-snapshot","message":"m"}',
      "failed",
      "no-snapshot",
    ],
    ["half an event", 1, '{"event":"failure","kin', "failed", "unexpected"],
    ["missing program", 127, "sh: 1: kube-magic-backup: not found", "silent", ""],
  ] as const)("beside a copied archive: %s", (_what, code, stderr, kind, failure) => {
    const outcome = failureIn("h", { kind: "failed", code, reason: "r", stderr });
    expect(outcome.kind).toBe(kind);
    if (outcome.kind === "failed") expect(outcome.failure).toBe(failure);
  });
});

describe("failures", () => {
  const one = (code: number, failure = "x"): Unsuccessful => ({
    kind: "failed",
    host: "h",
    code,
    failure,
    message: "m",
  });
  const silent = notDeployed("s");
  const stopped = failureIn("s", { kind: "no-answer", why: "stopped", reason: "r", remedy: "m" });
  test("become one error of the worst kind, with the next thing to type", () => {
    expect(errorOf("backup", [one(6), one(5), silent], 3).exitCode).toBe(5);
    expect(errorOf("backup", [one(6), silent], 3).exitCode).toBe(3);
    expect(errorOf("backup", [one(6, "busy")], 3).exitCode).toBe(6);
    expect(errorOf("restore", [one(2, "no-snapshot")], 1).exitCode).toBe(2);
    expect(errorOf("backup", [one(5), stopped], 2).exitCode).toBe(130);
    expect(errorOf("backup", [silent], 1).remedy).toContain("deploy:post");
    expect(errorOf("backup", [one(5, "wrong-password")], 1).remedy).toContain("backup_password");
  });
});

describe("hosts of a backup command", () => {
  const model = aCluster({ backup: BACKUP });
  test("are all of them, or those named", () => {
    expect(chosenHosts(model, [])).toHaveLength(model.hosts.length);
    expect(chosenHosts(model, ["lb1,master1", "lb1"]).map(({ name }) => name)).toEqual(["lb1", "master1"]);
    expect(() => chosenHosts(model, ["lb3"])).toThrow('did you mean "lb1"');
    expect(() => chosenHosts(aCluster(), [])).toThrow("no section backup");
  });
});

describe("the role's variables", () => {
  test("are empty without the section", () => {
    expect(variablesOf(aCluster(), "custom").kube_magic_backup).toEqual({});
  });
  test("carry secrets as they are encrypted", () => {
    const secret = new Tagged("!vault", "$ANSIBLE_VAULT;1.1;AES256\n61");
    const model = aCluster({
      backup: {
        ...BACKUP,
        repository: { kind: "s3", url: "https://s3/b", accessKeyId: "id", secretAccessKey: secret },
        password: secret,
      },
      etcd: { quotaBytes: 1, dataDir: "/d", snapshotFolder: "/s", deployment: "kubeadm" },
    });
    expect(variablesOf(model, "custom").kube_magic_backup).toMatchObject({
      repository: { kind: "s3", url: "https://s3/b", access_key_id: "id", secret_access_key: secret },
      password: secret,
      etcd_group: "kube_control_plane",
    });
  });
});
