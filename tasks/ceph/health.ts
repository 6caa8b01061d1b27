/** Output of `ceph status`, typed, and whether it allows work on hosts. */
import { z } from "zod";

const counts = z.object({
  num_pgs: z.number(),
  pgs_by_state: z.array(z.object({ state_name: z.string(), count: z.number() })).default([]),
  bytes_used: z.number().default(0),
  bytes_avail: z.number().default(0),
  bytes_total: z.number().default(0),
});

/** Only the fields that are used; Ceph adds more with every release. */
export const cephStatus = z.object({
  fsid: z.string(),
  health: z.object({
    status: z.enum(["HEALTH_OK", "HEALTH_WARN", "HEALTH_ERR"]),
    checks: z
      .record(
        z.string(),
        z.object({
          severity: z.string(),
          summary: z.object({ message: z.string() }),
          muted: z.boolean().default(false),
        }),
      )
      .default({}),
  }),
  quorum_names: z.array(z.string()).default([]),
  monmap: z.object({ num_mons: z.number() }),
  osdmap: z.object({ num_osds: z.number(), num_up_osds: z.number(), num_in_osds: z.number() }),
  pgmap: counts,
  mgrmap: z.object({ available: z.boolean(), num_standbys: z.number().default(0) }),
});
export type CephStatus = z.output<typeof cephStatus>;

export interface HealthFinding {
  /** Ceph's own code, such as OSD_DOWN. */
  readonly code: string;
  readonly message: string;
}

export interface HealthVerdict {
  /** Data is unavailable or has too few copies, or a daemon is down: no other host may be stopped now. */
  readonly blocking: readonly HealthFinding[];
  /** No reason to stop. */
  readonly warnings: readonly HealthFinding[];
}

/** Warnings that mean less redundancy or no service; every HEALTH_ERR counts as well. */
const BLOCKING =
  /^(MON_DOWN|MON_CLOCK_SKEW|MGR_DOWN|MGR_MODULE_ERROR|OSD_(\w+_)?DOWN|OSD_FULL|OSD_BACKFILLFULL|OSDMAP_FLAGS|OSD_FLAGS|OSD_NO_DOWN_OUT_INTERVAL|PG_(AVAILABILITY|DEGRADED|DAMAGED|BACKFILL_FULL|RECOVERY_FULL)|OBJECT_\w+|POOL_FULL|SLOW_OPS|MDS_ALL_DOWN|FS_DEGRADED|MDS_DAMAGE|TOO_FEW_OSDS)$/;

export function judgeHealth({ health }: CephStatus): HealthVerdict {
  const blocking: HealthFinding[] = [];
  const warnings: HealthFinding[] = [];
  for (const [code, { severity, summary, muted }] of Object.entries(health.checks)) {
    if (muted) continue;
    const list = severity === "HEALTH_ERR" || BLOCKING.test(code) ? blocking : warnings;
    list.push({ code, message: summary.message });
  }
  return { blocking, warnings };
}

/**
 * After a deployment Ceph has to be healthy. Warnings from before are not caused by this run.
 * @param excused codes of those earlier warnings
 */
export function judgeHealthAfter(status: CephStatus, excused: ReadonlySet<string>): HealthVerdict {
  const { blocking, warnings } = judgeHealth(status);
  return {
    blocking: [...blocking, ...warnings.filter(({ code }) => !excused.has(code))],
    warnings: warnings.filter(({ code }) => excused.has(code)),
  };
}
