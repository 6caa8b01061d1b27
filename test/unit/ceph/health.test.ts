import { describe, expect, it } from "vitest";
import { cephStatus, judgeHealth } from "../../../tasks/ceph/health.ts";

const status = (checks: Readonly<Record<string, string>>, muted = false) =>
  cephStatus.parse({
    fsid: "60d238ac-d0cf-4f41-b62f-7bee115bf608",
    health: {
      status: "HEALTH_WARN",
      checks: Object.fromEntries(
        Object.entries(checks).map(([code, severity]) => [
          code,
          { severity, summary: { message: `about ${code}`, count: 1 }, muted },
        ]),
      ),
    },
    monmap: { num_mons: 1 },
    osdmap: { num_osds: 1, num_up_osds: 1, num_in_osds: 1 },
    pgmap: { num_pgs: 0 },
    mgrmap: { available: true },
  });

describe("Ceph's health", () => {
  it.each([
    ["OSD_DOWN"],
    ["OSD_HOST_DOWN"],
    ["MON_DOWN"],
    ["PG_DEGRADED"],
    ["PG_AVAILABILITY"],
    ["OBJECT_UNFOUND"],
    ["OSDMAP_FLAGS"],
  ])("stops work on hosts at the warning %s", (code) => {
    expect(judgeHealth(status({ [code]: "HEALTH_WARN" })).blocking).toEqual([
      { code, message: `about ${code}` },
    ]);
  });

  it.each([["MON_DISK_LOW"], ["RECENT_CRASH"], ["POOL_NO_REDUNDANCY"], ["OSD_SLOW_PING_TIME_BACK"]])(
    "lets work go on at the warning %s, and tells",
    (code) => {
      const { blocking, warnings } = judgeHealth(status({ [code]: "HEALTH_WARN" }));
      expect(blocking).toEqual([]);
      expect(warnings.map((finding) => finding.code)).toEqual([code]);
    },
  );

  it("stops at every error, known or not", () => {
    expect(judgeHealth(status({ SOMETHING_NEW: "HEALTH_ERR" })).blocking).toHaveLength(1);
  });

  it("says nothing of what somebody has muted", () => {
    expect(judgeHealth(status({ OSD_DOWN: "HEALTH_WARN" }, true))).toEqual({ blocking: [], warnings: [] });
  });
});
