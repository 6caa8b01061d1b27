/** Builds the model of the section backup. */
import type { Backup, BackupRepository } from "../../core/model/backup.ts";
import type { Host } from "../../core/model.ts";
import type { Settings } from "../schema/cluster.ts";

type BackupSettings = NonNullable<Settings["backup"]>;

/** Paths without trailing slashes; the sftp host is the first with the role backup, unless the section names one. */
export function buildBackup(backup: BackupSettings, hosts: readonly Host[]): Backup {
  const { repository, password, keep, drill, schedule, spreadMinutes, maxAgeHours, extraPaths } = backup;
  return {
    repository: buildRepository(repository, hosts),
    keep,
    schedule,
    spreadMinutes,
    maxAgeHours,
    drill,
    extraPaths: extraPaths.map(withoutSlash),
    ...(password === undefined ? {} : { password }),
  };
}

function buildRepository(repository: BackupSettings["repository"], hosts: readonly Host[]): BackupRepository {
  if (repository.kind === "s3") return { ...repository, url: withoutSlash(repository.url) };
  if (repository.kind === "local") return { ...repository, path: withoutSlash(repository.path) };
  const first = hosts.find(({ roles }) => roles.includes("backup"));
  return {
    kind: "sftp",
    // Rule KM501 refuses an empty name.
    host: repository.host ?? first?.name ?? "",
    path: withoutSlash(repository.path),
  };
}

function withoutSlash(path: string): string {
  return path.replace(/(?<=.)\/+$/, "");
}
