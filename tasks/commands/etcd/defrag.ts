/** npm run etcd:defrag */

import { PLAN_OPTION } from "../../cli/action-task.ts";
import { YES_OPTION } from "../../cli/confirm.ts";
import { INVENTORY_OPTIONS } from "../../cli/inventory-options.ts";
import { SNAPSHOT_OUTPUT } from "../../cli/snapshot-option.ts";
import { optionValue, type Task } from "../../cli/task.ts";
import { EXIT } from "../../core/errors.ts";
import { defragAction } from "../../day2/etcd-actions.ts";
import { runOnHosts } from "../../day2/host-action.ts";
import { loadCluster } from "../../deploy/prepare.ts";
import { askMembers } from "../../etcd/ask.ts";
import { describeStatus } from "../../etcd/describe.ts";
import { judge } from "../../etcd/judge.ts";
import { requireEtcd } from "../../etcd/require-etcd.ts";
import { snapshotTarget } from "../../etcd/snapshot-target.ts";

/** Percent of the quota. */
const WARN_AT = 80;

export const task: Task = {
  description: `Frees the space of old revisions, and repairs a cluster that refuses writes because a member is full. Steps: status,
snapshot (kept in build/<cluster>/etcd-snapshots/), compaction, defragmentation of one member after the other with the
leader last, alarms cleared, one write through each member. Prints the plan first, then asks.`,
  options: {
    ...INVENTORY_OPTIONS,
    ...YES_OPTION,
    ...PLAN_OPTION,
    degraded: { type: "boolean", help: "continue although a member is down" },
    "no-snapshot": { type: "boolean", help: "take no snapshot first, when no disk has room for one" },
    output: SNAPSHOT_OUTPUT,
  },
  async run(context) {
    const { args, env, out } = context;
    const cluster = await loadCluster(context);
    const model = requireEtcd(cluster.model);
    const target = snapshotTarget(optionValue(args, "output"), cluster.build);
    const answers = await askMembers(model, env);
    const verdict = judge(model, answers, WARN_AT);
    out(`${describeStatus(model.name, answers, verdict)}\n`);
    const action = defragAction(context, cluster, {
      answers,
      verdict,
      degraded: args.flags.has("degraded"),
      ...(args.flags.has("no-snapshot") ? {} : { target }),
    });
    if (!(await runOnHosts(context, cluster, action, args.flags.has("plan")))) return EXIT.done;
    const after = await askMembers(model, env);
    const result = judge(model, after, WARN_AT);
    out(describeStatus(model.name, after, result));
    return result.findings.some(({ severity }) => severity === "critical") ? EXIT.gate : EXIT.done;
  },
};
