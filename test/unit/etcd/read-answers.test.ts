import { describe, expect, test } from "vitest";
import { lastError, readMembers, readStatus } from "../../../tasks/etcd/read-answers.ts";

const STATUS_34 =
  '[{"Endpoint":"https://127.0.0.1:2379","Status":{"header":{"cluster_id":14841639068965178418,"member_id":10276657743932975437,"revision":42,"raft_term":2},"version":"3.4.23","dbSize":20480,"leader":10276657743932975437,"raftIndex":9,"raftTerm":2,"raftAppliedIndex":9,"dbSizeInUse":16384}}]';
const STATUS_36 =
  '[{"Endpoint":"https://127.0.0.1:2379","Status":{"header":{"cluster_id":14841639068965178418,"member_id":10276657743932975437,"revision":42,"raft_term":2},"version":"3.6.5","dbSize":20480,"leader":10276657743932975437,"raftIndex":9,"raftTerm":2,"raftAppliedIndex":9,"dbSizeInUse":16384,"storageVersion":"3.6.0","dbSizeQuota":4294967296,"downgradeInfo":{}}}]';
const HEALTHY = '[{"endpoint":"https://127.0.0.1:2379","health":true,"took":"9.414ms"}]';

describe("etcdctl's answers", () => {
  test.each([
    ["3.4", STATUS_34, "3.4.23", undefined],
    ["3.6", STATUS_36, "3.6.5", 4294967296],
  ])("of etcd %s are read, ids to the last digit", (_name, text, version, quotaBytes) => {
    const status = readStatus(text, HEALTHY);
    expect(status).toMatchObject({
      id: "10276657743932975437",
      clusterId: "14841639068965178418",
      leader: "10276657743932975437",
      version,
      revision: 42,
      dbBytes: 20480,
      inUseBytes: 16384,
      alarms: [],
      healthy: true,
      latencyMs: 9.414,
    });
    expect(status?.quotaBytes).toBe(quotaBytes);
  });

  test("tell alarms and who raised them, and that there is no leader", () => {
    const text = STATUS_34.replace(
      '"dbSizeInUse":16384',
      '"dbSizeInUse":16384,"errors":["etcdserver: no leader","memberID:10641851006853409960 alarm:NOSPACE ","memberID:1 alarm:CORRUPT "]',
    ).replace('"leader":10276657743932975437,', "");
    expect(readStatus(text, "")).toMatchObject({
      leader: "0",
      healthy: false,
      alarms: [
        { member: "10641851006853409960", kind: "NOSPACE" },
        { member: "1", kind: "CORRUPT" },
      ],
    });
  });

  test("are found among log lines", () => {
    const log = '{"level":"warn","ts":"2026-11-21T12:31:44Z","msg":"retrying"}';
    expect(readStatus(`${log}\n${STATUS_34}\n`, `${log}\n${HEALTHY}`)?.healthy).toBe(true);
    expect(readStatus(log, HEALTHY)).toBeUndefined();
    expect(readStatus("", "")).toBeUndefined();
    expect(readStatus("[]", "")).toBeUndefined();
  });

  test.each([
    ["1.5s", 1500],
    ["950µs", 0.95],
    ["80ns", 0.00008],
    ["soon", undefined],
  ])("say the time %s in milliseconds", (took, expected) => {
    const health = `[{"health":true,"took":"${took}"}]`;
    if (expected === undefined) expect(readStatus(STATUS_34, health)?.latencyMs).toBeUndefined();
    else expect(readStatus(STATUS_34, health)?.latencyMs).toBeCloseTo(expected, 6);
  });

  test("list the members", () => {
    const text =
      '{"header":{"cluster_id":1},"members":[{"ID":10276657743932975437,"name":"etcd1","peerURLs":["https://10.0.0.1:2380"],"clientURLs":["x"]},{"ID":2,"name":"","peerURLs":["https://10.0.0.2:2380"],"isLearner":true}]}';
    expect(readMembers(text)).toEqual([
      { id: "10276657743932975437", name: "etcd1", peerUrls: ["https://10.0.0.1:2380"], isLearner: false },
      { id: "2", name: "", peerUrls: ["https://10.0.0.2:2380"], isLearner: true },
    ]);
    expect(readMembers("Error: context deadline exceeded")).toBeUndefined();
  });

  test("give the reason of a failure in one line", () => {
    const log =
      '{"level":"warn","error":"rpc error: code = Unavailable desc = \\"transport: authentication handshake failed: x509: certificate has expired\\""}\nError: context deadline exceeded';
    expect(lastError(log)).toContain('failed: x509: certificate has expired"');
    expect(lastError("Error: etcdserver: mvcc: database space exceeded\n")).toBe(
      "etcdserver: mvcc: database space exceeded",
    );
    expect(lastError("")).toBe("");
  });
});
