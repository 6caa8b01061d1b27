/** Schema of the section `backup`. */
import { z } from "zod";
import { absolutePath, calendar, dnsName, url, vaulted } from "./fields.ts";

const kind = <Kind extends string>(name: Kind) =>
  z
    .literal(name)
    .describe(
      "sftp: to a host with the role backup. local: to a folder on each host. s3: to an object store.",
    );

const repository = z
  .discriminatedUnion(
    "kind",
    [
      z.strictObject({
        kind: kind("sftp"),
        host: dnsName()
          .optional()
          .describe("sftp: name of the host. Default: the first host with the role backup."),
        path: absolutePath()
          .default("/srv/kube-magic-backup")
          .describe("sftp: folder on that host. local: folder on every host, usually a mounted share."),
      }),
      z.strictObject({ kind: kind("local"), path: absolutePath().describe("Folder on every host.") }),
      z.strictObject({
        kind: kind("s3"),
        url: url().describe("s3: https://server/bucket/folder."),
        accessKeyId: z
          .union([z.string().min(1), vaulted()])
          .describe("s3: id of the access key; may be a !vault value."),
        secretAccessKey: vaulted().describe("s3: the access key, as a !vault value."),
      }),
    ],
    { error: "is none of sftp, local, s3" },
  )
  .describe("Where the backups are stored: kind sftp, local or s3.");

const count = (fallback: number, what: string) => z.int().min(0).default(fallback).describe(what);

/** The section backup. */
export const backup = z
  .strictObject({
    repository,
    keep: z
      .strictObject({
        last: count(0, "How many of the newest backups to keep, whatever their age."),
        hourly: count(0, "For how many hours to keep one backup per hour."),
        daily: count(7, "For how many days to keep one backup per day."),
        weekly: count(5, "For how many weeks to keep one backup per week."),
        monthly: count(12, "For how many months to keep one backup per month."),
        yearly: count(0, "For how many years to keep one backup per year."),
      })
      .prefault({})
      .describe("Which backups to keep. After each successful backup, the others are removed."),
    schedule: calendar()
      .default("*-*-* 02:30:00")
      .describe("When to make a backup, as systemd's OnCalendar, in the time zone of the host."),
    spreadMinutes: z
      .int()
      .min(0)
      .max(720)
      .default(30)
      .describe("Each host begins at a random time within this many minutes."),
    maxAgeHours: z
      .int()
      .min(1)
      .default(26)
      .describe("Monitoring is critical when the latest good backup is older than this."),
    drill: z
      .strictObject({
        schedule: calendar()
          .default("Sun *-*-* 04:30:00")
          .describe("When to restore the latest backup to a scratch folder and start etcd from it."),
        maxAgeDays: z
          .int()
          .min(1)
          .default(8)
          .describe("Monitoring warns when the latest good drill is older than this."),
      })
      .prefault({})
      .describe("The restore drill."),
    extraPaths: z
      .array(absolutePath())
      .default([])
      .describe(
        "More files and folders to back up, beside those of a host's roles. For configuration, not for data: they are copied to a scratch folder first.",
      ),
    password: vaulted()
      .optional()
      .describe(
        "Password of the repositories, as a !vault value. Default: a generated one in build/<cluster>/custom/credentials.",
      ),
  })
  .describe(
    "Encrypted backups of every host, and a drill that restores them. Without the section there are none.",
  );
