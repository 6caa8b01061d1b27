/** Rules about backups: those that would not be made, and those that would be lost together with the original. */
import { closest } from "../../core/closest.ts";
import { hostsWith } from "../../core/model.ts";
import type { Rule } from "./rule-type.ts";

export const backupHostWithoutSection: Rule = {
  code: "KM500",
  severity: "warning",
  title: "A host has the role backup, but there is no section backup",
  rationale: "The role says where the backups are stored. Only with the section backup are backups made.",
  *check(model) {
    const [first] = hostsWith(model, "backup");
    if (first === undefined || model.backup !== undefined) return;
    yield {
      path: ["hosts", first.name, "roles"],
      message: `${first.name} has the role backup, but there is no section backup: nothing is backed up`,
      remedy: "add backup: { repository: { kind: sftp } }, or remove the role",
    };
  },
};

export const noBackupHost: Rule = {
  code: "KM501",
  severity: "error",
  title: "Backups over SFTP, but no host for them",
  rationale: "Backups over SFTP are stored on a host with the role backup.",
  *check(model) {
    const repository = model.backup?.repository;
    if (repository?.kind !== "sftp") return;
    const hosts = hostsWith(model, "backup");
    if (hosts.length === 0) {
      yield {
        path: ["backup", "repository"],
        message: "backup.repository is sftp, but no host has the role backup",
        remedy: "give the role backup to a host outside the cluster, or set kind to local or s3",
      };
    } else if (!hosts.some(({ name }) => name === repository.host)) {
      const names = hosts.map(({ name }) => name);
      const near = closest(repository.host, names);
      yield {
        path: ["backup", "repository", "host"],
        message: `no host "${repository.host}" has the role backup${near === undefined ? "" : `, did you mean "${near}"?`}`,
        remedy: `name one of ${names.join(", ")}, or give that host the role backup`,
      };
    }
  },
};

export const keepsNothing: Rule = {
  code: "KM502",
  severity: "error",
  title: "backup.keep keeps nothing",
  rationale: "Every backup would be removed as soon as it is made.",
  *check({ backup }) {
    if (backup === undefined || Object.values(backup.keep).some((count) => count > 0)) return;
    yield {
      path: ["backup", "keep"],
      message: "every number of backup.keep is 0: no backup would be kept",
      remedy: "set at least one of last, hourly, daily, weekly, monthly, yearly",
    };
  },
};

export const backupBesideOriginal: Rule = {
  code: "KM503",
  severity: "warning",
  title: "Backups on the same machine as the original",
  rationale: "When the disk fails or the machine is deleted, the backups are lost too.",
  *check(model) {
    const repository = model.backup?.repository;
    if (repository?.kind === "local") {
      yield {
        path: ["backup", "repository", "path"],
        message: `each host stores its backups in its own folder ${repository.path}`,
        remedy: "mount a share on that folder, or set kind to sftp or s3",
      };
    }
    if (repository?.kind !== "sftp") return;
    const host = model.hosts.find(({ name }) => name === repository.host);
    const busy = host?.roles.filter((role) => role === "etcd" || role === "control-plane") ?? [];
    if (host === undefined || busy.length === 0) return;
    yield {
      path: ["hosts", host.name, "roles"],
      message: `${host.name} stores the backups and also has the role ${busy.join(" and ")}: when it fails, both are lost`,
      remedy: "give the role backup to a separate host",
    };
  },
};

export const backupOfBackups: Rule = {
  code: "KM504",
  severity: "error",
  title: "A backup that contains itself",
  rationale: "The backup would grow with every run.",
  *check({ backup }) {
    if (backup === undefined) return;
    const { repository, extraPaths } = backup;
    const own = ["/var/lib/kube-magic", ...(repository.kind === "s3" ? [] : [repository.path])];
    for (const [index, path] of extraPaths.entries()) {
      const inner = own.find((folder) => contains(path, folder) || contains(folder, path));
      if (inner === undefined) continue;
      yield {
        path: ["backup", "extraPaths", index],
        message: `${path} and ${inner}, which holds backups, overlap`,
        remedy: "remove the path, or list the folders beside the backups one by one",
      };
    }
  },
};

function contains(folder: string, path: string): boolean {
  return path === folder || path.startsWith(folder === "/" ? "/" : `${folder}/`);
}

export const plainS3: Rule = {
  code: "KM505",
  severity: "warning",
  title: "S3 without TLS",
  rationale:
    "The data is encrypted, but the request to the store is not. Anyone who reads it may be able to delete the backups.",
  *check({ backup }) {
    const repository = backup?.repository;
    if (repository?.kind !== "s3" || !repository.url.startsWith("http:")) return;
    yield {
      path: ["backup", "repository", "url"],
      message: `backups go to ${repository.url} without TLS`,
      remedy: "write the URL with https",
    };
  },
};
