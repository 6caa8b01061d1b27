/** npm run etcd:alarms */
import { INVENTORY_OPTIONS } from "../../cli/inventory-options.ts";
import type { Task } from "../../cli/task.ts";
import { EXIT, GateError } from "../../core/errors.ts";
import { disarmAction } from "../../day2/etcd-actions.ts";
import { runOnHosts } from "../../day2/host-action.ts";
import { loadCluster } from "../../deploy/prepare.ts";
import { askMembers } from "../../etcd/ask.ts";
import { describeFinding } from "../../etcd/describe.ts";
import { judge, quotaOf } from "../../etcd/judge.ts";
import { answeringMembers } from "../../etcd/member.ts";
import { requireEtcd } from "../../etcd/require-etcd.ts";

/** A member this full raises the alarm again with the next write. */
const FULL = 0.95;

export const task: Task = {
  description: `Lists the alarms of etcd with the members that raised them and the remedy. Exit code 3 when there are any.
--disarm clears them once no member is full any more; npm run etcd:defrag makes room and clears them in one step.`,
  options: {
    ...INVENTORY_OPTIONS,
    disarm: { type: "boolean", help: "clear the alarms" },
    plan: { type: "boolean", help: "print the plan and change nothing; with --disarm" },
  },
  async run(context) {
    const cluster = await loadCluster(context);
    const model = requireEtcd(cluster.model);
    const answers = await askMembers(model, context.env);
    const members = answeringMembers(answers);
    const [first] = members;
    const { findings } = judge(model, answers, 100);
    if (first === undefined)
      throw new GateError("no member of etcd answers", {
        output: findings.map(describeFinding).join("\n"),
        remedy: "npm run etcd:status",
      });
    const alarms = findings.filter(({ code }) => code.startsWith("alarm-"));
    if (alarms.length === 0) {
      context.out(`${model.name}: no alarms\n`);
      return EXIT.done;
    }
    context.out(`${alarms.map(describeFinding).join("\n")}\n`);
    if (!context.args.flags.has("disarm")) return EXIT.gate;
    const full = members.find((member) => member.status.dbBytes >= quotaOf(member) * FULL);
    if (full !== undefined)
      throw new GateError(`${full.host.name} is still full: the next write would raise the alarm again`, {
        remedy: "npm run etcd:defrag makes room first",
      });
    const corrupt = alarms.find(({ code }) => code === "alarm-corrupt");
    if (corrupt !== undefined)
      throw new GateError("an alarm CORRUPT is not cleared: the member would continue to serve wrong data", {
        remedy: corrupt.remedy,
      });
    const action = disarmAction(context, cluster, first);
    await runOnHosts(context, cluster, action, context.args.flags.has("plan"));
    return EXIT.done;
  },
};
