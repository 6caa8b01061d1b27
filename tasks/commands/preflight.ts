/** npm run preflight */
import { INVENTORY_OPTIONS } from "../cli/inventory-options.ts";
import { RUN_OPTIONS, runFlags } from "../cli/run-options.ts";
import type { Task } from "../cli/task.ts";
import { EXIT } from "../core/errors.ts";
import { execute } from "../deploy/execute.ts";
import { ansibleFor, loadCluster, makePlan } from "../deploy/prepare.ts";
import { systemFindings } from "../deploy/systems.ts";
import { CATALOG, PREFLIGHT } from "../phases/catalog.ts";
import { toolsOf } from "../phases/steps.ts";

export const task: Task = {
  description: `Checks every host at once, reachable or not, and prints one table of faults, each with the command that repairs it: for
every deploy, and for the tools whose phases would run on the host. Changes nothing. Exit code 3 when a check failed.`,
  options: { ...INVENTORY_OPTIONS, limit: RUN_OPTIONS.limit, verbose: RUN_OPTIONS.verbose },
  async run(context) {
    const cluster = await loadCluster(context);
    const { model } = cluster;
    const phases = CATALOG.filter(({ when }) => when(model) === true);
    const environments = new Map([
      ...(await ansibleFor(
        context,
        phases.flatMap((spec) => toolsOf(spec, model)),
        false,
      )),
      ...(await ansibleFor(context, ["custom"], true)),
    ]);
    const flags = runFlags(context.args);
    const found = await systemFindings(context, cluster, phases, environments, flags.limit);
    const plan = makePlan(context, cluster, { phases: [PREFLIGHT], flags, resume: false, environments });
    for (const { name, notes } of phases)
      for (const note of notes?.(model) ?? []) context.out(`${name}: ${note}\n`);
    await execute(context, cluster, {
      plan,
      flags,
      partial: flags.limit !== undefined,
      // Hosts that do not answer are in the playbook's own table, with their remedy.
      findings: found
        .filter(({ code }) => code !== undefined)
        .map((finding) => ({ ...finding, message: `${finding.message} [${finding.code}]` })),
    });
    return EXIT.done;
  },
};
