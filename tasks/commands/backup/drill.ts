/** npm run backup:drill */
import { type DrillReport, drillReport } from "../../backup/answers.ts";
import { outcomeTable } from "../../backup/command.ts";
import type { Outcome } from "../../backup/program.ts";
import { hostJobTask } from "../../cli/host-job-task.ts";
import { duration } from "../../report/text.ts";

const JOB = {
  name: "backup-drill",
  title: "Run a restore drill",
  line: "restore the latest backup to a scratch folder, compare it, start etcd from it",
  words: ["drill"],
  report: drillReport,
  noun: "drill",
};

const DESCRIPTION = `Restores the latest backup of all hosts, or of those that you name, to a scratch folder on each host,
compares every file with the manifest, starts an etcd from the snapshot on loopback, and compares its keys and their
hash with those at the time of the backup. Changes nothing that is in use. The same drill runs on a timer.
Exit code 5 when a drill fails.`;

export const task = hostJobTask(JOB, DESCRIPTION, describe);

function describe(outcomes: readonly Outcome<DrillReport>[]): string {
  return outcomeTable(outcomes, ["backup", "files", "etcd", "took"], (report) => [
    report.snapshot.slice(0, 8),
    `${report.files} as listed`,
    report.etcd_keys === undefined
      ? "–"
      : `${report.etcd_keys} keys, ${report.etcd_started === true ? "started" : "not started"}`,
    duration(report.seconds),
  ]);
}
