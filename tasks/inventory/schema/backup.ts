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
        host: dnsName().optional().describe("sftp: which one. Default: the first host with the role backup."),
        path: absolutePath()
          .default("/srv/kube-magic-backup")
          .describe("sftp: folder there. local: folder on every host, a mounted share as a rule."),
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
  .describe("Where backups go: kind sftp, local or s3.");

const count = (fallback: number, what: string) => z.int().min(0).default(fallback).describe(what);

export const backup = z
  .strictObject({
    repository,
    keep: z
      .strictObject({
        last: count(0, "The newest so many, whatever their age."),
        hourly: count(0, "One of each of so many hours."),
        daily: count(7, "One of each of so many days."),
        weekly: count(5, "One of each of so many weeks."),
        monthly: count(12, "One of each of so many months."),
        yearly: count(0, "One of each of so many years."),
      })
      .prefault({})
      .describe("Which backups stay; the others are removed, after a new one has succeeded."),
    schedule: calendar()
      .default("*-*-* 02:30:00")
      .describe("When, as systemd's OnCalendar, in the hosts' own time zone."),
    spreadMinutes: z
      .int()
      .min(0)
      .max(720)
      .default(30)
      .describe("Each host begins at a random moment within so many minutes."),
    maxAgeHours: z
      .int()
      .min(1)
      .default(26)
      .describe("A latest good backup that is older is critical in monitoring."),
    drill: z
      .strictObject({
        schedule: calendar()
          .default("Sun *-*-* 04:30:00")
          .describe("When the latest backup is restored to a scratch place and its etcd started."),
        maxAgeDays: z.int().min(1).default(8).describe("A latest good drill that is older is a warning."),
      })
      .prefault({})
      .describe("The restore drill."),
    extraPaths: z
      .array(absolutePath())
      .default([])
      .describe(
        "Files and folders beside those that follow from a host's roles. For configuration, not for data: they are copied first.",
      ),
    password: vaulted()
      .optional()
      .describe(
        "Of the repositories, as a !vault value. Default: generated into build/<cluster>/custom/credentials.",
      ),
  })
  .describe(
    "Backups of every host, encrypted, and the drill that restores them. Without the section there are none.",
  );
