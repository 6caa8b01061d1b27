/** npm run backup:run */
import { type BackupReport, backupReport } from "../../backup/answers.ts";
import { outcomeTable } from "../../backup/command.ts";
import { sizeText } from "../../backup/freshness.ts";
import type { Outcome } from "../../backup/program.ts";
import { hostJobTask } from "../../cli/host-job-task.ts";
import { duration } from "../../report/text.ts";

const JOB = {
  name: "backup-run",
  title: "Back up hosts",
  line: "make a backup",
  words: ["run"],
  report: backupReport,
  noun: "backup",
};

const DESCRIPTION = `Makes a backup of all hosts now, or of those that you name, as their timers do at night. Old backups are removed by
the rules of backup.keep, and only after the new backup has succeeded.
Exit code 5 when a backup fails, 6 when another backup runs on the host, 3 when a host does not answer.`;

export const task = hostJobTask(JOB, DESCRIPTION, describe);

function describe(outcomes: readonly Outcome<BackupReport>[]): string {
  return outcomeTable(outcomes, ["backup", "files", "size", "new", "etcd keys", "took"], (report) => [
    report.snapshot.slice(0, 8),
    String(report.files),
    sizeText(report.bytes),
    sizeText(report.added_bytes),
    report.etcd_keys === undefined ? "–" : String(report.etcd_keys),
    duration(report.seconds),
  ]);
}
