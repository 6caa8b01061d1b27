import type { Backup } from "../../../tasks/core/model/backup.ts";

export const BACKUP: Backup = {
  repository: { kind: "sftp", host: "store1", path: "/srv/kube-magic-backup" },
  keep: { last: 0, hourly: 0, daily: 7, weekly: 5, monthly: 12, yearly: 0 },
  schedule: "*-*-* 02:30:00",
  spreadMinutes: 30,
  maxAgeHours: 26,
  drill: { schedule: "Sun *-*-* 04:30:00", maxAgeDays: 8 },
  extraPaths: [],
};
