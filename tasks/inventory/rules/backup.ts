/** Backups that would not be made, or that would be lost with what they save. */
import { closest } from "../../core/closest.ts";
import { hostsWith } from "../../core/model.ts";
import type { Rule } from "./rule-type.ts";

export const backupHostWithoutSection: Rule = {
  code: "KM500",
  severity: "warning",
  title: "A backup host without the section backup",
  rationale: "The role says where backups go; the section says that there are any.",
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
  title: "Backups over SFTP without a host for them",
  rationale: "They go to a host with the role backup.",
  *check(model) {
    const repository = model.backup?.repository;
    if (repository?.kind !== "sftp") return;
    const hosts = hostsWith(model, "backup");
    if (hosts.length === 0) {
      yield {
        path: ["backup", "repository"],
        message: "backup.repository is sftp, but no host has the role backup",
        remedy: "give the role to a host outside the cluster, or choose kind local or s3",
      };
    } else if (!hosts.some(({ name }) => name === repository.host)) {
      const names = hosts.map(({ name }) => name);
      const near = closest(repository.host, names);
      yield {
        path: ["backup", "repository", "host"],
        message: `"${repository.host}" has not the role backup${near === undefined ? "" : `, did you mean "${near}"?`}`,
        remedy: `name one of ${names.join(", ")}, or give it the role`,
      };
    }
  },
};

export const keepsNothing: Rule = {
  code: "KM502",
  severity: "error",
  title: "Keep rules that keep nothing",
  rationale: "Every backup would be removed as soon as it is made.",
  *check({ backup }) {
    if (backup === undefined || Object.values(backup.keep).some((count) => count > 0)) return;
    yield {
      path: ["backup", "keep"],
      message: "all of backup.keep is 0: no backup would stay",
      remedy: "set at least one of last, hourly, daily, weekly, monthly, yearly",
    };
  },
};

export const backupBesideOriginal: Rule = {
  code: "KM503",
  severity: "warning",
  title: "Backups beside what they save",
  rationale: "What takes the host, a dead disk or a deleted machine, takes its backups too.",
  *check(model) {
    const repository = model.backup?.repository;
    if (repository?.kind === "local") {
      yield {
        path: ["backup", "repository", "path"],
        message: `backups go to ${repository.path} on each host itself`,
        remedy: "mount a share there, or choose kind sftp or s3",
      };
    }
    if (repository?.kind !== "sftp") return;
    const host = model.hosts.find(({ name }) => name === repository.host);
    const busy = host?.roles.filter((role) => role === "etcd" || role === "control-plane") ?? [];
    if (host === undefined || busy.length === 0) return;
    yield {
      path: ["hosts", host.name, "roles"],
      message: `${host.name} holds the backups and is ${busy.join(" and ")} too: one dead machine takes both`,
      remedy: "give the role backup to a host of its own",
    };
  },
};

export const backupOfBackups: Rule = {
  code: "KM504",
  severity: "error",
  title: "A backup that holds itself",
  rationale: "It would grow with every run.",
  *check({ backup }) {
    if (backup === undefined) return;
    const { repository, extraPaths } = backup;
    const own = ["/var/lib/kube-magic", ...(repository.kind === "s3" ? [] : [repository.path])];
    for (const [index, path] of extraPaths.entries()) {
      const inner = own.find((folder) => holds(path, folder) || holds(folder, path));
      if (inner === undefined) continue;
      yield {
        path: ["backup", "extraPaths", index],
        message: `${path} and ${inner}, where backups are made, hold one another`,
        remedy: "leave it out, or name the folders beside it",
      };
    }
  },
};

function holds(folder: string, path: string): boolean {
  return path === folder || path.startsWith(folder === "/" ? "/" : `${folder}/`);
}

export const plainS3: Rule = {
  code: "KM505",
  severity: "warning",
  title: "S3 without TLS",
  rationale: "The data is encrypted already; the access to it, with which all of it can be deleted, is not.",
  *check({ backup }) {
    const repository = backup?.repository;
    if (repository?.kind !== "s3" || !repository.url.startsWith("http:")) return;
    yield {
      path: ["backup", "repository", "url"],
      message: `${repository.url} is reached without TLS`,
      remedy: "use https",
    };
  },
};
