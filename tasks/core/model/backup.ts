/** Backups of every host: where, when, how long to keep them, and how old the latest one may be. */
import type { Tagged } from "../value.ts";

/** Where the backups are stored. */
export type BackupRepository =
  /** A folder on each host itself, usually a mounted share. */
  | { readonly kind: "local"; readonly path: string }
  /** On a host with the role backup. Each host has its own user there, which can read only its own folder. */
  | { readonly kind: "sftp"; readonly host: string; readonly path: string }
  | {
      readonly kind: "s3";
      /** `https://server/bucket/folder`; each host has its own folder below it. */
      readonly url: string;
      readonly accessKeyId: string | Tagged;
      readonly secretAccessKey: Tagged;
    };

/** How many backups to keep, by age, as in restic. 0 keeps none. */
export interface BackupKeep {
  readonly last: number;
  readonly hourly: number;
  readonly daily: number;
  readonly weekly: number;
  readonly monthly: number;
  readonly yearly: number;
}

/** The section backup. */
export interface Backup {
  readonly repository: BackupRepository;
  readonly keep: BackupKeep;
  /** systemd's OnCalendar. */
  readonly schedule: string;
  /** Each host begins at a random time within this many minutes, so that not all begin at the same time. */
  readonly spreadMinutes: number;
  /** Monitoring is critical when the latest good backup is older than this. */
  readonly maxAgeHours: number;
  readonly drill: { readonly schedule: string; readonly maxAgeDays: number };
  /** Absolute paths beside those that follow from a host's roles. */
  readonly extraPaths: readonly string[];
  /** Password of all repositories; absent: generated once in build/<cluster>/custom/credentials. */
  readonly password?: Tagged;
}
