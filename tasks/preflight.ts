/** npm run preflight */
import { INVENTORY_OPTIONS } from "./cli/inventory-options.ts";
import type { Task } from "./cli/task.ts";
import { EXIT } from "./core/errors.ts";
import { execute } from "./deploy/execute.ts";
import { RUN_OPTIONS, runFlags } from "./deploy/options.ts";
import { ansibleFor, loadCluster, makePlan } from "./deploy/prepare.ts";
import { PREFLIGHT } from "./phases/catalog.ts";

export const task: Task = {
  description: `Checks every host at once, reachable or not, and prints one table of what is wrong, each with the command
that mends it. Changes nothing. Exit code 3 when a check failed.`,
  options: { ...INVENTORY_OPTIONS, limit: RUN_OPTIONS.limit, verbose: RUN_OPTIONS.verbose },
  async run(context) {
    const cluster = await loadCluster(context);
    const environments = await ansibleFor(context, ["custom"], true);
    const flags = runFlags(context.args);
    const plan = makePlan(context, cluster, { phases: [PREFLIGHT], flags, resume: false, environments });
    await execute(context, cluster, {
      command: "preflight",
      plan,
      flags,
      partial: flags.limit !== undefined,
      again: "npm run preflight",
    });
    return EXIT.done;
  },
};
