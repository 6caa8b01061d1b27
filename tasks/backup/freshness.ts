/** Whether the backups of a host are fresh and complete: the same checks as check_kube_magic_backup makes on the host. */
import type { BackupStatus } from "./answers.ts";

export interface Verdict {
  readonly state: "ok" | "warning" | "critical";
  /** Why, when it is not ok. */
  readonly reasons: readonly string[];
}

/** @param now seconds since 1970. */
export function judgeStatus(status: BackupStatus, now: number): Verdict {
  const { backup, drill, verify, retention, freshness } = status;
  const critical: string[] = [];
  const warning: string[] = [];
  for (const [name, job] of Object.entries({
    backup,
    "check of the repository": verify,
    "restore drill": drill,
  })) {
    if (job?.attempt?.result !== "failed") continue;
    critical.push(`${name} failed: ${job.attempt.kind}: ${job.attempt.message}`);
  }
  if (backup?.success === undefined) critical.push("no backup has succeeded yet");
  else if (now - backup.success.ended > freshness.max_age_hours * 3600)
    critical.push(`the latest good backup is older than ${freshness.max_age_hours} h`);
  if (drill?.success === undefined) warning.push("no drill has succeeded yet");
  else if (now - drill.success.ended > freshness.drill_max_age_days * 86_400)
    warning.push(`the latest good drill is older than ${freshness.drill_max_age_days} d`);
  if (retention?.attempt?.result === "failed")
    warning.push(`old backups were not removed: ${retention.attempt.message}`);
  warning.push(...(backup?.success?.warnings ?? []));
  const state = critical.length > 0 ? "critical" : warning.length > 0 ? "warning" : "ok";
  return { state, reasons: [...critical, ...warning] };
}

/** Seconds → `3 h`. */
export function ageText(seconds: number): string {
  const minutes = Math.max(0, Math.floor(seconds / 60));
  if (minutes < 60) return `${minutes} min`;
  return minutes < 48 * 60 ? `${Math.floor(minutes / 60)} h` : `${Math.floor(minutes / 1440)} d`;
}

export function sizeText(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  const power = Math.min(4, Math.floor(Math.log2(bytes) / 10));
  return `${(bytes / 1024 ** power).toFixed(1)} ${["B", "KiB", "MiB", "GiB", "TiB"][power]}`;
}
