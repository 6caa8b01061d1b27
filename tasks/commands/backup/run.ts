/** npm run backup:run */
import { backupReport } from "../../backup/answers.ts";
import { chosenHosts } from "../../backup/choose.ts";
import { onHosts, outcomeJson, outcomeTable } from "../../backup/command.ts";
import { requireSuccess } from "../../backup/failures.ts";
import { sizeText } from "../../backup/freshness.ts";
import { INVENTORY_OPTIONS, loadChosenInventory } from "../../cli/inventory-options.ts";
import { optionValue, type Task } from "../../cli/task.ts";
import { EXIT } from "../../core/errors.ts";
import { requireModel } from "../../inventory/load.ts";
import { duration } from "../../report/text.ts";

export const task: Task = {
  description: `Makes a backup of all hosts, or the named ones, now, as their timers do at night. Old backups are removed by the keep
rules after a new one has succeeded, never else.
Exit code 5 when a backup failed, 6 when another one is at work, 3 when a host does not answer.`,
  positionals: "[HOST…]",
  options: {
    ...INVENTORY_OPTIONS,
    format: { type: "string", value: "text|json", help: "json for machines" },
  },
  async run(context) {
    const model = requireModel(await loadChosenInventory(context));
    const hosts = chosenHosts(model, context.args.positionals);
    const outcomes = await onHosts(context, model, hosts, { words: ["run"], report: backupReport });
    if (optionValue(context.args, "format") === "json") context.out(outcomeJson(model.name, outcomes));
    else
      context.out(
        outcomeTable(outcomes, ["backup", "files", "size", "new", "etcd keys", "took"], (report) => [
          report.snapshot.slice(0, 8),
          String(report.files),
          sizeText(report.bytes),
          sizeText(report.added_bytes),
          report.etcd_keys === undefined ? "–" : String(report.etcd_keys),
          duration(report.seconds),
        ]),
      );
    for (const outcome of outcomes)
      if (outcome.kind === "done")
        for (const warning of outcome.report.warnings) context.err(`warning: ${outcome.host}: ${warning}\n`);
    requireSuccess("backup", outcomes);
    return EXIT.done;
  },
};
