/** npm run backup:verify */

import { verifyReport } from "../../backup/answers.ts";
import { chosenHosts } from "../../backup/choose.ts";
import { onHosts, outcomeJson, outcomeTable } from "../../backup/command.ts";
import { requireSuccess } from "../../backup/failures.ts";
import { FORMAT_OPTION, wantsJson } from "../../cli/format-option.ts";
import { INVENTORY_OPTIONS } from "../../cli/inventory-options.ts";
import { optionValue, type Task } from "../../cli/task.ts";
import { HOSTS_OR_ALL } from "../../cli/words.ts";
import { EXIT } from "../../core/errors.ts";
import { requireModel } from "../../inventory/load.ts";
import { loadChosenInventory } from "../../inventory/load-chosen.ts";

export const task: Task = {
  description: `Checks the repositories of all hosts, or of those that you name, and compares the latest backup with its manifest:
every file must be present, and with --read-data every byte must be the same. Changes nothing.
Exit code 5 when something is damaged.`,
  positionals: HOSTS_OR_ALL,
  options: {
    ...INVENTORY_OPTIONS,
    "read-data": { type: "boolean", help: "read all data of the repository, not only its structure" },
    "read-data-subset": {
      type: "string",
      value: "N%",
      kind: "share",
      help: "read a random part of the data",
      default: "none",
    },
    ...FORMAT_OPTION,
  },
  async run(context) {
    const { args, out } = context;
    const subset = optionValue(args, "read-data-subset");
    const model = requireModel(await loadChosenInventory(context));
    const hosts = chosenHosts(model, args.positionals);
    const readData = args.flags.has("read-data") ? "all" : (subset ?? "");
    const words = ["verify", ...(readData === "" ? [] : ["--read-data", readData])];
    const question = { model, words, report: verifyReport, env: context.env };
    const outcomes = await onHosts(hosts, question, (line) => context.err(`${line}\n`));
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
