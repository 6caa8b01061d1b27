/** npm run backup:run */

import { type BackupReport, backupReport } from "../../backup/answers.ts";
import { chosenHosts } from "../../backup/choose.ts";
import { outcomeJson, outcomeTable } from "../../backup/command.ts";
import { sizeText } from "../../backup/freshness.ts";
import type { Outcome } from "../../backup/program.ts";
import { PLAN_OPTION } from "../../cli/action-task.ts";
import { FORMAT_OPTION, wantsJson } from "../../cli/format-option.ts";
import { INVENTORY_OPTIONS } from "../../cli/inventory-options.ts";
import type { Task } from "../../cli/task.ts";
import { HOSTS_OR_ALL } from "../../cli/words.ts";
import { EXIT } from "../../core/errors.ts";
import { onEachHost } from "../../day2/backup-actions.ts";
import { runOnHosts } from "../../day2/host-action.ts";
import { loadCluster } from "../../deploy/prepare.ts";
import { duration } from "../../report/text.ts";

export const task: Task = {
  description: `Makes a backup of all hosts now, or of those that you name, as their timers do at night. Old backups are removed by
the rules of backup.keep, and only after the new backup has succeeded.
Exit code 5 when a backup fails, 6 when another backup runs on the host, 3 when a host does not answer.`,
  positionals: HOSTS_OR_ALL,
  options: {
    ...INVENTORY_OPTIONS,
    ...FORMAT_OPTION,
    ...PLAN_OPTION,
  },
  async run(context) {
    const cluster = await loadCluster(context);
    const hosts = chosenHosts(cluster.model, context.args.positionals);
    const job = {
      name: "backup-run",
      title: "Back up hosts",
      line: "make a backup",
      words: ["run"],
      report: backupReport,
      noun: "backup",
    };
    const action = onEachHost(context, cluster, hosts, job, (outcomes) =>
      context.out(wantsJson(context.args) ? outcomeJson(cluster.model.name, outcomes) : describe(outcomes)),
    );
    await runOnHosts(context, cluster, action, context.args.flags.has("plan"));
    return EXIT.done;
  },
};

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
