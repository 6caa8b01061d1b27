/** npm run backup:drill */
import { drillReport } from "../../backup/answers.ts";
import { chosenHosts } from "../../backup/choose.ts";
import { onHosts, outcomeJson, outcomeTable } from "../../backup/command.ts";
import { requireSuccess } from "../../backup/failures.ts";
import { INVENTORY_OPTIONS, loadChosenInventory } from "../../cli/inventory-options.ts";
import { optionValue, type Task } from "../../cli/task.ts";
import { EXIT } from "../../core/errors.ts";
import { requireModel } from "../../inventory/load.ts";
import { duration } from "../../report/text.ts";

export const task: Task = {
  description: `Restores the latest backup of all hosts, or the named ones, to a scratch place there, compares every file with the
manifest, starts an etcd from the snapshot on loopback, and compares its keys and their hash with what was there when the
backup was made. Touches nothing that lives; the same drill runs on a timer.
Exit code 5 when a drill fails.`,
  positionals: "[HOST…]",
  options: {
    ...INVENTORY_OPTIONS,
    format: { type: "string", value: "text|json", help: "json for machines" },
  },
  async run(context) {
    const model = requireModel(await loadChosenInventory(context));
    const hosts = chosenHosts(model, context.args.positionals);
    const outcomes = await onHosts(context, model, hosts, { words: ["drill"], report: drillReport });
    if (optionValue(context.args, "format") === "json") context.out(outcomeJson(model.name, outcomes));
    else
      context.out(
        outcomeTable(outcomes, ["backup", "files", "etcd", "took"], (report) => [
          report.snapshot.slice(0, 8),
          `${report.files} as listed`,
          report.etcd_keys === undefined
            ? "–"
            : `${report.etcd_keys} keys, ${report.etcd_started === true ? "started" : "not started"}`,
          duration(report.seconds),
        ]),
      );
    requireSuccess("drill", outcomes);
    return EXIT.done;
  },
};
