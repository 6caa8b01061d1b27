/** npm run backup:verify */
import { verifyReport } from "../../backup/answers.ts";
import { chosenHosts } from "../../backup/choose.ts";
import { onHosts, outcomeJson, outcomeTable } from "../../backup/command.ts";
import { requireSuccess } from "../../backup/failures.ts";
import { FORMAT_OPTION, wantsJson } from "../../cli/format-option.ts";
import { INVENTORY_OPTIONS } from "../../cli/inventory-options.ts";
import { optionValue, type Task } from "../../cli/task.ts";
import { EXIT, InputError } from "../../core/errors.ts";
import { requireModel } from "../../inventory/load.ts";
import { loadChosenInventory } from "../../inventory/load-chosen.ts";

export const task: Task = {
  description: `Checks the repositories of all hosts, or the named ones, and compares the latest backup with its manifest: every file is
there, and with --read-data every byte is what it was. Changes nothing.
Exit code 5 when something is damaged.`,
  positionals: "[HOST…]",
  options: {
    ...INVENTORY_OPTIONS,
    "read-data": { type: "boolean", help: "read all data of the repository, not only its structure" },
    "read-data-subset": { type: "string", value: "N%", help: "read a random part of the data" },
    ...FORMAT_OPTION,
  },
  async run(context) {
    const { args, out } = context;
    const subset = optionValue(args, "read-data-subset");
    if (subset !== undefined && !/^\d{1,2}(\.\d+)?%$/.test(subset))
      throw new InputError(`--read-data-subset ${subset}: write a percentage`, { remedy: "such as 10%" });
    const model = requireModel(await loadChosenInventory(context));
    const hosts = chosenHosts(model, args.positionals);
    const readData = args.flags.has("read-data") ? "all" : (subset ?? "");
    const words = ["verify", ...(readData === "" ? [] : ["--read-data", readData])];
    const outcomes = await onHosts(context, model, hosts, { words, report: verifyReport });
    if (wantsJson(args)) out(outcomeJson(model.name, outcomes));
    else
      out(
        outcomeTable(outcomes, ["backups", "latest", "data read"], (report) => [
          `${report.snapshots} whole`,
          `${report.files} files as listed`,
          report.read_data,
        ]),
      );
    requireSuccess("check", outcomes);
    return EXIT.done;
  },
};
