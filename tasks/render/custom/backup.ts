/** Variables of the role backup. */
import type { BackupRepository } from "../../core/model/backup.ts";
import type { ClusterModel } from "../../core/model.ts";
import type { ValueMap } from "../../core/value.ts";

/** Empty when the cluster has no backups: the playbook then does nothing. */
export function backupVariables({ backup, etcd }: ClusterModel): ValueMap {
  if (backup === undefined) return { kube_magic_backup: {} };
  const { repository, keep, schedule, spreadMinutes, maxAgeHours, drill, extraPaths, password } = backup;
  return {
    kube_magic_backup: {
      repository: repositoryVariables(repository),
      keep: { ...keep },
      schedule,
      spread_minutes: spreadMinutes,
      max_age_hours: maxAgeHours,
      drill_schedule: drill.schedule,
      drill_max_age_days: drill.maxAgeDays,
      extra_paths: extraPaths,
      // kubeadm runs etcd on every control plane, also without the role etcd.
      etcd_group: etcd.deployment === "kubeadm" ? "kube_control_plane" : "etcd",
      password: password ?? "",
    },
  };
}

function repositoryVariables(repository: BackupRepository): ValueMap {
  if (repository.kind !== "s3") return { ...repository };
  const { kind, url, accessKeyId, secretAccessKey } = repository;
  return { kind, url, access_key_id: accessKeyId, secret_access_key: secretAccessKey };
}
