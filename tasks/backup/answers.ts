/** Output of kube-magic-backup on a host, typed: one JSON object a line; the last one is the result. */
import { z } from "zod";

const attempt = z.object({
  started: z.number(),
  ended: z.number().optional(),
  result: z.enum(["running", "ok", "failed"]),
  kind: z.string().optional(),
  message: z.string().optional(),
});

const job = <Shape extends z.ZodRawShape>(shape: Shape) =>
  z.object({
    attempt: attempt.optional(),
    success: z.object({ started: z.number(), ended: z.number(), ...shape }).optional(),
  });

/** Result of one backup. Sizes in bytes; `added_bytes`: growth of the repository. */
const stored = {
  snapshot: z.string(),
  files: z.number(),
  bytes: z.number(),
  added_bytes: z.number(),
  seconds: z.number().default(0),
  etcd_keys: z.number().optional(),
  warnings: z.array(z.string()).default([]),
};
const drilled = {
  snapshot: z.string(),
  files: z.number(),
  seconds: z.number().default(0),
  etcd_keys: z.number().optional(),
  etcd_started: z.boolean().optional(),
};

export const backupReport = z.object(stored);
export type BackupReport = z.output<typeof backupReport>;
export const drillReport = z.object(drilled);
export type DrillReport = z.output<typeof drillReport>;
export const verifyReport = z.object({ snapshots: z.number(), files: z.number(), read_data: z.string() });

/** The status file of a host: the last attempt and the last success of each job. Times in seconds since 1970. */
export const backupStatus = z.object({
  repository: z.string(),
  freshness: z.object({ max_age_hours: z.number(), drill_max_age_days: z.number() }),
  backup: job(stored).optional(),
  retention: job({ snapshots: z.number(), removed: z.number() }).optional(),
  verify: job({}).optional(),
  drill: job(drilled).optional(),
});
export type BackupStatus = z.output<typeof backupStatus>;

export const snapshot = z.object({
  id: z.string(),
  time: z.string(),
  summary: z.object({ total_bytes_processed: z.number().default(0) }).optional(),
});
export type Snapshot = z.output<typeof snapshot>;

export const listReport = z.object({
  status: backupStatus,
  snapshots: z.array(snapshot),
  /** Why the repository could not be read; null: it could. */
  problem: z.object({ kind: z.string(), message: z.string() }).nullable().default(null),
});
export type ListReport = z.output<typeof listReport>;

export const restoreReport = z.object({
  snapshot: z.string(),
  time: z.string(),
  files: z.number(),
  folder: z.string().optional(),
  changes: z.array(z.string()).default([]),
  kept: z.string().optional(),
});

export type RestoreReport = z.output<typeof restoreReport>;

export const programEvent = z.discriminatedUnion("event", [
  z.object({ event: z.literal("step"), message: z.string() }),
  z.object({ event: z.literal("failure"), kind: z.string(), message: z.string() }),
  z.object({ event: z.literal("done"), report: z.unknown() }),
]);
export type ProgramEvent = z.output<typeof programEvent>;
