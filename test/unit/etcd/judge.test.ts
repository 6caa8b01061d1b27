import { describe, expect, test } from "vitest";
import type { ClusterModel } from "../../../tasks/core/model.ts";
import { defragOrder, refuseDefrag } from "../../../tasks/etcd/defrag.ts";
import { describeStatus } from "../../../tasks/etcd/describe.ts";
import { judge } from "../../../tasks/etcd/judge.ts";
import type {
  AnsweringMember,
  MemberAnswer,
  MemberSettings,
  MemberStatus,
} from "../../../tasks/etcd/member.ts";
import { aCluster } from "../../helpers/model.ts";

const GIB = 1024 ** 3;
const MIB = 1024 ** 2;
const model: ClusterModel = aCluster();
const hosts = model.hosts.slice(0, 3);

const settings = (index: number, more: Partial<MemberSettings> = {}): MemberSettings => ({
  file: "/etc/etcd.env",
  form: "service",
  name: `etcd${index}`,
  dataDir: "/var/lib/etcd",
  endpoint: "https://127.0.0.1:2379",
  peerUrl: `https://10.42.0.1${index}:2380`,
  quotaBytes: 8 * GIB,
  tools: { etcdctl: "/usr/bin/etcdctl" },
  ...more,
});
const listed = [1, 2, 3].map((index) => ({
  id: String(index),
  name: `etcd${index}`,
  peerUrls: [`https://10.42.0.1${index}:2380`],
  isLearner: false,
}));

/** Member 1 leads. */
function member(
  index: number,
  status: Partial<MemberStatus> = {},
  own: Partial<MemberSettings> = {},
): AnsweringMember {
  const host = hosts[index - 1];
  if (host === undefined) throw new Error("there are three");
  return {
    kind: "answers",
    host,
    settings: settings(index, own),
    listed,
    status: {
      id: String(index),
      clusterId: "77",
      version: "3.5.16",
      leader: "1",
      isLearner: false,
      revision: 100,
      raftTerm: 2,
      raftIndex: 500,
      raftApplied: 500,
      dbBytes: 20 * MIB,
      inUseBytes: 18 * MIB,
      alarms: [],
      healthy: true,
      latencyMs: 2,
      ...status,
    },
  };
}
const silent = (index: number, why: "stopped" | "unreachable" | "certificate" = "stopped"): MemberAnswer => {
  const host = hosts[index - 1];
  if (host === undefined) throw new Error("there are three");
  return {
    kind: "silent",
    host,
    ...(why === "unreachable" ? {} : { settings: settings(index) }),
    why,
    reason: "gone",
  };
};
const codes = (answers: readonly MemberAnswer[], warnAt = 80): string[] =>
  judge(model, answers, warnAt).findings.map(({ severity, code }) => `${severity} ${code}`);
const NOSPACE = [{ member: "3", kind: "NOSPACE" }];

describe("an etcd", () => {
  const well = [member(1), member(2), member(3)];

  test("is ok when all members are", () => {
    expect(judge(model, well, 80)).toEqual({ state: "ok", findings: [], quorum: true });
  });

  test("keeps its quorum with one member down, and loses it with two", () => {
    const one = judge(model, [member(1), silent(2), member(3)], 80);
    expect(one).toMatchObject({ state: "critical", quorum: true });
    const two = judge(model, [member(1, { leader: "0" }), silent(2), silent(3)], 80);
    expect(two.quorum).toBe(false);
    expect(two.findings.at(-1)).toMatchObject({ code: "quorum-lost" });
    expect(two.findings.at(-1)?.message).toContain("0 of 3 members have a leader, 2 are needed");
  });

  test("counts members as etcd does: a removed host's member still counts", () => {
    const five = [
      ...listed,
      { ...(listed[0] as (typeof listed)[number]), id: "4", name: "old1" },
      { ...(listed[0] as (typeof listed)[number]), id: "5", name: "old2" },
    ];
    const answers = [1, 2].map((index) => ({ ...member(index), listed: five }));
    const verdict = judge(model, [...answers, silent(3)], 80);
    expect(verdict.quorum).toBe(false);
    expect(verdict.findings.map(({ code }) => code)).toContain("member-unknown");
  });

  test("does not take the member of a host that cannot be asked for a stranger", () => {
    expect(codes([member(1), member(2), silent(3, "unreachable")])).toEqual(["critical member-unreachable"]);
  });

  test("tells each alarm once, with the host that raised it", () => {
    const answers = [1, 2, 3].map((index) => member(index, { alarms: NOSPACE, healthy: false }));
    expect(judge(model, answers, 80).findings).toEqual([
      expect.objectContaining({ code: "alarm-nospace", host: "master3", remedy: "npm run etcd:defrag" }),
    ]);
  });

  test.each([
    ["is too full", [member(1), member(2), member(3, { dbBytes: 7 * GIB })], "warning quota-near"],
    [
      "lags behind",
      [member(1, { raftIndex: 9000, raftApplied: 9000 }), member(2, { raftApplied: 9000 }), member(3)],
      "warning member-lags",
    ],
    [
      "is in another cluster",
      [member(1), member(2), member(3, { clusterId: "78" })],
      "critical two-clusters",
    ],
    [
      "is not healthy",
      [member(1), member(2), member(3, { healthy: false, complaint: "slow" })],
      "critical member-unhealthy",
    ],
    ["has been expelled", [member(1), member(2), member(3, { id: "9" })], "critical member-expelled"],
    [
      "has a smaller quota",
      [member(1), member(2), member(3, {}, { quotaBytes: 20 * GIB })],
      "warning quotas-differ",
    ],
    ["runs another version", [member(1), member(2), member(3, { version: "3.6.5" })], "note versions-differ"],
    ["is mostly empty", [member(1), member(2), member(3, { dbBytes: 400 * MIB })], "note sparse"],
  ])("notices when a member %s", (_what, answers, finding) => {
    expect(codes(answers)).toContain(finding);
  });

  test("with notes only is still ok", () => {
    const verdict = judge(model, [member(1), member(2), member(3, { version: "3.6.5" })], 80);
    expect(verdict.state).toBe("ok");
  });

  test("is shown with one row a member, those that are silent too", () => {
    const answers = [member(1), member(2, { alarms: NOSPACE }), silent(3)];
    const lines = describeStatus("prod", answers, judge(model, answers, 80)).split("\n");
    expect(lines[0]).toBe("prod: etcd critical, 2 of 3 members answer");
    expect(lines.slice(1, 5).map((line) => line.split(/ {2,}/).length)).toEqual([11, 11, 11, 11]);
    expect(lines[4]).toMatch(/^master3 .* stopped +-$/);
  });
});

describe("defragmenting", () => {
  test("takes the leader last", () => {
    const leading = (leader: string) => [1, 2, 3].map((index) => member(index, { leader }));
    const order = (leader: string) => defragOrder(leading(leader)).map(({ host }) => host.name);
    expect(order("1")).toEqual(["master2", "master3", "master1"]);
    expect(order("3")).toEqual(["master1", "master2", "master3"]);
    expect(order("0")).toEqual(["master1", "master2", "master3"]);
  });

  test("is refused without a quorum, with corrupt data, and with a member down", () => {
    const refusal = (answers: readonly MemberAnswer[], degraded = false) =>
      refuseDefrag(answers, judge(model, answers, 80), degraded)?.message;
    const corrupt = [{ member: "2", kind: "CORRUPT" }];
    expect(refusal([member(1), member(2), member(3)])).toBeUndefined();
    expect(refusal([member(1, { alarms: NOSPACE }), member(2), member(3)])).toBeUndefined();
    expect(refusal([member(1), silent(2), silent(3)], true)).toContain("quorum lost");
    expect(refusal([member(1, { alarms: corrupt }), member(2), member(3)])).toContain("CORRUPT");
    expect(refusal([member(1), member(2), silent(3)])).toContain("master3 does not answer");
    expect(refusal([member(1), member(2), silent(3)], true)).toBeUndefined();
  });
});
