/** A job of the backup program on hosts → a command: the same flags, progress and results for each. */
import { chosenHosts } from "../backup/choose.ts";
import { outcomeJson } from "../backup/command.ts";
import type { Outcome } from "../backup/program.ts";
import { EXIT } from "../core/errors.ts";
import { type Job, onEachHost } from "../day2/backup-actions.ts";
import { runOnHosts } from "../day2/host-action.ts";
import { loadCluster } from "../deploy/prepare.ts";
import { PLAN_OPTION } from "./action-task.ts";
import { FORMAT_OPTION, wantsJson } from "./format-option.ts";
import { INVENTORY_OPTIONS } from "./inventory-options.ts";
import type { Task } from "./task.ts";
import { HOSTS_OR_ALL } from "./words.ts";

/** @param describe the outcomes as text for people */
export function hostJobTask<Report>(
  job: Job<Report>,
  description: string,
  describe: (outcomes: readonly Outcome<Report>[]) => string,
): Task {
  return {
    description,
    positionals: HOSTS_OR_ALL,
    options: { ...INVENTORY_OPTIONS, ...FORMAT_OPTION, ...PLAN_OPTION },
    async run(context) {
      const { args, out } = context;
      const cluster = await loadCluster(context);
      const hosts = chosenHosts(cluster.model, args.positionals);
      const action = onEachHost(context, cluster, hosts, job, (outcomes) =>
        out(wantsJson(args) ? outcomeJson(cluster.model.name, outcomes) : describe(outcomes)),
      );
      await runOnHosts(context, cluster, action, args.flags.has("plan"));
      return EXIT.done;
    },
  };
}
