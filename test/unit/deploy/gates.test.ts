import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { CephAnswer } from "../../../tasks/ceph/ask.ts";
import { cephStatus } from "../../../tasks/ceph/health.ts";
import { gatekeeper } from "../../../tasks/deploy/gates.ts";
import { CATALOG } from "../../../tasks/phases/catalog.ts";
import type { PhaseRecord } from "../../../tasks/report/run-record.ts";
import type { Refusal } from "../../../tasks/run/run-phase.ts";
import { aCluster } from "../../helpers/model.ts";

const ABSENT: CephAnswer = { kind: "absent" };
const SILENT: CephAnswer = { kind: "silent", reasons: ["ceph1: No route to host"] };
const OK = saying();

/** A cluster with these complaints; a code with "!" is an error. */
function saying(...codes: readonly string[]): CephAnswer {
  const checks = codes.map((code) => [
    code.replace("!", ""),
    {
      severity: code.endsWith("!") ? "HEALTH_ERR" : "HEALTH_WARN",
      summary: { message: `about ${code}` },
      muted: false,
    },
  ]);
  return status({ checks: Object.fromEntries(checks) }, 1);
}

function status(health: object, osds: number): CephAnswer {
  return {
    kind: "status",
    monitor: "ceph1",
    status: cephStatus.parse({
      fsid: "60d238ac-d0cf-4f41-b62f-7bee115bf608",
      health: { status: "HEALTH_WARN", ...health },
      monmap: { num_mons: 1 },
      osdmap: { num_osds: osds, num_up_osds: osds, num_in_osds: osds },
      pgmap: { num_pgs: 1 },
      mgrmap: { available: true },
    }),
  };
}

const phase = (name: string) => CATALOG.find((spec) => spec.name === name)!;

describe("the gate of Ceph's health", () => {
  let runs: string;
  let notices: string[];
  beforeEach(() => {
    runs = mkdtempSync(join(tmpdir(), "kube-magic-gates-"));
    notices = [];
  });
  afterEach(() => rmSync(runs, { recursive: true, force: true }));

  /** Runs the gates around a phase; the last answer is given for ever. */
  async function around(
    before: CephAnswer,
    after: readonly CephAnswer[],
    more: { readonly ignored?: boolean; readonly name?: string } = {},
  ): Promise<Refusal | undefined> {
    const answers = [before, ...after];
    const ask = gatekeeper({
      cluster: { model: aCluster(), runs },
      env: {},
      notice: (text) => void notices.push(text),
      ignored: more.ignored === true,
      isStopped: () => false,
      ask: async () => (answers.length > 1 ? answers.shift()! : answers[0]!),
      // A change for the better always comes in time, however slow the machine; the same answer for ever need not be awaited.
      patienceMs: after.length > 1 ? 4_000 : 30,
      pollMs: 5,
    });
    const spec = phase(more.name ?? "ceph");
    return (await ask(spec, "before")) ?? (after.length === 0 ? undefined : await ask(spec, "after"));
  }

  function remember(id: string, record: Partial<PhaseRecord>): void {
    mkdirSync(join(runs, id));
    writeFileSync(
      join(runs, id, "run.json"),
      JSON.stringify({ version: 1, id, phases: [{ name: "ceph", ...record }] }),
    );
  }

  it("lets a fresh deployment end with HEALTH_OK, once it has settled", async () => {
    expect(await around(ABSENT, [SILENT, saying("PG_AVAILABILITY"), saying("POOL_NEW"), OK])).toBeUndefined();
    expect(notices).toEqual([]);
  });

  it("refuses a fresh deployment that stays with a warning, harmless or not, and says which", async () => {
    const refusal = await around(ABSENT, [saying("MON_DISK_LOW", "OSD_DOWN")]);
    expect(refusal?.codes).toEqual(["OSD_DOWN", "MON_DISK_LOW"]);
    expect(refusal?.error.output).toContain("MON_DISK_LOW: about MON_DISK_LOW");
    expect(refusal?.error.remedy).toContain("ceph health mute");
    expect(refusal?.error.exitCode).toBe(3);
  });

  it("tells of a harmless warning that was there before, and goes on without waiting for it to go", async () => {
    expect(await around(saying("MON_DISK_LOW"), [saying("MON_DISK_LOW")])).toBeUndefined();
    expect(notices).toEqual(["Ceph, as before this run: MON_DISK_LOW: about MON_DISK_LOW"]);
  });

  it("refuses what the phase has added to it", async () => {
    const refusal = await around(saying("MON_DISK_LOW"), [saying("MON_DISK_LOW", "RECENT_CRASH")]);
    expect(refusal?.codes).toEqual(["RECENT_CRASH"]);
  });

  it("takes nothing as old on a cluster without OSDs: that deployment never ended", async () => {
    const unfinished = status({ checks: { X: { severity: "HEALTH_WARN", summary: { message: "x" } } } }, 0);
    expect((await around(unfinished, [saying("X")]))?.codes).toEqual(["X"]);
  });

  it("does not take a warning as old that it refused in the run before", async () => {
    remember("1", { status: "failed", refusedFor: ["RECENT_CRASH"] });
    remember("2", { status: "failed" });
    expect((await around(saying("RECENT_CRASH"), [saying("RECENT_CRASH")]))?.codes).toEqual(["RECENT_CRASH"]);
    remember("3", { status: "done" });
    expect(await around(saying("RECENT_CRASH"), [saying("RECENT_CRASH")])).toBeUndefined();
  });

  it("refuses no answer after the phase", async () => {
    expect((await around(OK, [SILENT]))?.error.message).toBe("ceph: no monitor of Ceph answers");
  });

  it("refuses a phase without Ceph's key after it", async () => {
    expect((await around(ABSENT, [ABSENT]))?.error.message).toContain("no monitor has Ceph's admin key");
  });

  it.each([["ceph"], ["prep-hosts"]])("keeps %s from hosts of a cluster that is not well", async (name) => {
    const refusal = await around(saying("OSD_DOWN"), [], { name });
    expect(refusal?.error.message).toContain("nothing was changed");
    expect(await around(saying("MON_DISK_LOW"), [], { name })).toBeUndefined();
  });

  it("has nothing to protect before a first deployment, and everything after it", async () => {
    expect(await around(SILENT, [])).toBeUndefined();
    remember("1", { status: "done" });
    expect((await around(SILENT, []))?.error.output).toContain("No route to host");
  });

  it("only says so when it is told to be ignored", async () => {
    expect(await around(OK, [saying("OSD_DOWN")], { ignored: true })).toBeUndefined();
    expect(notices[0]).toMatch(/ignored, as asked.*\n {2}OSD_DOWN/);
  });
});
