/** npm run backup:drill */

import { type DrillReport, drillReport } from "../../backup/answers.ts";
import { chosenHosts } from "../../backup/choose.ts";
import { outcomeJson, outcomeTable } from "../../backup/command.ts";
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
  description: `Restores the latest backup of all hosts, or of those that you name, to a scratch folder on each host,
compares every file with the manifest, starts an etcd from the snapshot on loopback, and compares its keys and their
hash with those at the time of the backup. Changes nothing that is in use. The same drill runs on a timer.
Exit code 5 when a drill fails.`,
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
      name: "backup-drill",
      title: "Run a restore drill",
      line: "restore the latest backup to a scratch folder, compare it, start etcd from it",
      words: ["drill"],
      report: drillReport,
      noun: "drill",
    };
    const action = onEachHost(context, cluster, hosts, job, (outcomes) =>
      context.out(wantsJson(context.args) ? outcomeJson(cluster.model.name, outcomes) : describe(outcomes)),
    );
    await runOnHosts(context, cluster, action, context.args.flags.has("plan"));
    return EXIT.done;
  },
};

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
