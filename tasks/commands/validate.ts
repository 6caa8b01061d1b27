/** npm run validate: every problem of an inventory at once. */
import { describeProblem } from "../cli/describe.ts";
import { FORMAT_OPTION, wantsJson } from "../cli/format-option.ts";
import { INVENTORY_OPTIONS } from "../cli/inventory-options.ts";
import type { Task, TaskContext } from "../cli/task.ts";
import { EXIT, InputError } from "../core/errors.ts";
import type { Problem } from "../core/problem.ts";
import { listClusters } from "../inventory/clusters.ts";
import { type LoadedInventory, loadInventory } from "../inventory/load.ts";
import { loadChosenInventory } from "../inventory/load-chosen.ts";
import { toolRules } from "../toolchain/tool-rules.ts";

export const task: Task = {
  options: {
    ...INVENTORY_OPTIONS,
    all: { type: "boolean", help: "check every cluster in inventories/" },
    strict: { type: "boolean", help: "end with exit code 2 on warnings, too" },
    ...FORMAT_OPTION,
  },
  description: `Reads all layers of a cluster, checks them against the schema, the rules of docs/rules.md and the tools in vendor/
(unknown variables, versions that do not fit), and prints every problem with its place and its remedy. Exit code 2 when
there are errors.`,
  async run(context) {
    const loaded = await loadWanted(context);
    context.out(wantsJson(context.args) ? asJson(loaded) : asText(loaded));
    const severities = loaded.flatMap(({ problems }) => problems.map(({ severity }) => severity));
    const isBad = severities.includes("error") || (context.args.flags.has("strict") && severities.length > 0);
    return isBad ? EXIT.input : EXIT.done;
  },
};

async function loadWanted(context: TaskContext): Promise<LoadedInventory[]> {
  const moreRules = toolRules(context.paths.vendor);
  if (!context.args.flags.has("all")) return [await loadChosenInventory(context, moreRules)];
  const { args, paths } = context;
  if (args.values.has("cluster")) {
    throw new InputError("validate: --all and --cluster exclude each other", {
      remedy: "leave one of them out",
    });
  }
  const clusters = await listClusters(paths.inventories);
  const sets = args.values.get("set") ?? [];
  return Promise.all(
    clusters.map((cluster) => loadInventory({ inventoriesDir: paths.inventories, cluster, sets, moreRules })),
  );
}

function asText(loaded: readonly LoadedInventory[]): string {
  return loaded
    .map((one) => one.problems.map((problem) => `${describeProblem(problem)}\n`).join("") + summary(one))
    .join("");
}

/** `inventories/example: 16 hosts, 0 errors, 1 warning` */
function summary({ cluster, hostCount, problems }: LoadedInventory): string {
  const { errors, warnings } = count(problems);
  return `inventories/${cluster}: ${plural(hostCount, "host")}, ${plural(errors, "error")}, ${plural(warnings, "warning")}\n`;
}

function asJson(loaded: readonly LoadedInventory[]): string {
  const clusters = loaded.map(({ cluster, hostCount, files, problems }) => ({
    cluster,
    hosts: hostCount,
    ...count(problems),
    files,
    problems,
  }));
  return `${JSON.stringify({ version: 1, clusters }, null, 2)}\n`;
}

function count(problems: readonly Problem[]): { errors: number; warnings: number } {
  const errors = problems.filter(({ severity }) => severity === "error").length;
  return { errors, warnings: problems.length - errors };
}

const plural = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? "" : "s"}`;
