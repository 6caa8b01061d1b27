/** Backups of every host: where to, when, how long they are kept, and how old the latest may be. */
import type { Tagged } from "../value.ts";

export type BackupRepository =
  /** A folder on each host itself: a mounted share, as a rule. */
  | { readonly kind: "local"; readonly path: string }
  /** On a host with the role backup, each host as a user of its own who sees nothing but its own folder. */
  | { readonly kind: "sftp"; readonly host: string; readonly path: string }
  | {
      readonly kind: "s3";
      /** `https://server/bucket/folder`; each host has a folder of its own below it. */
      readonly url: string;
      readonly accessKeyId: string | Tagged;
      readonly secretAccessKey: Tagged;
    };

/** How many backups stay, by age: restic's own rules. A rule of 0 keeps none. */
export interface BackupKeep {
  readonly last: number;
  readonly hourly: number;
  readonly daily: number;
  readonly weekly: number;
  readonly monthly: number;
  readonly yearly: number;
}

export interface Backup {
  readonly repository: BackupRepository;
  readonly keep: BackupKeep;
  /** systemd's OnCalendar. */
  readonly schedule: string;
  /** Hosts begin at a random time within these minutes, so that they do not all come at once. */
  readonly spreadMinutes: number;
  /** Older than this, the latest good backup is reported as critical. */
  readonly maxAgeHours: number;
  readonly drill: { readonly schedule: string; readonly maxAgeDays: number };
  /** Absolute paths beside those that follow from a host's roles. */
  readonly extraPaths: readonly string[];
  /** Of all repositories; absent: generated once into build/<cluster>/custom/credentials. */
  readonly password?: Tagged;
}
