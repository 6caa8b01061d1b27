/** npm run etcd:defrag */
import { INVENTORY_OPTIONS } from "../../cli/inventory-options.ts";
import type { Task } from "../../cli/task.ts";
import { EXIT, GateError } from "../../core/errors.ts";
import { confirmAction } from "../../day2/confirm.ts";
import { underLock } from "../../deploy/locked.ts";
import { loadCluster } from "../../deploy/prepare.ts";
import { askMembers } from "../../etcd/ask.ts";
import { defragment, defragOrder, refuseDefrag } from "../../etcd/defrag.ts";
import { describeStatus } from "../../etcd/describe.ts";
import { judge } from "../../etcd/judge.ts";
import { answering } from "../../etcd/member.ts";
import { takeSnapshot } from "../../etcd/snapshot.ts";
import { requireEtcd } from "../../etcd/start.ts";
import { snapshotTarget } from "./snapshot.ts";

const WARN_AT = 80;

export const task: Task = {
  description: `Gives back the space that old revisions take, and brings a cluster back that refuses writes because a member is full:
status, snapshot (kept in build/<cluster>/etcd-snapshots/), compaction, one member after the other defragmented and the
leader last, alarms cleared, a write tried through each member. Prints its plan first, and asks.`,
  options: {
    ...INVENTORY_OPTIONS,
    yes: { type: "boolean", short: "y", help: "do not ask" },
    plan: { type: "boolean", help: "print the plan and end" },
    degraded: { type: "boolean", help: "go on although a member is down" },
    "no-snapshot": { type: "boolean", help: "where there is no room for one: go on without a way back" },
    output: { type: "string", short: "o", value: "FILE|FOLDER", help: "where to keep the snapshot" },
  },
  async run(context) {
    const cluster = await loadCluster(context);
    const model = requireEtcd(cluster.model);
    const { flags } = context.args;
    const target = snapshotTarget(context, cluster.build);
    const before = await askMembers(model, context.env);
    const verdict = judge(model, before, WARN_AT);
    context.out(describeStatus(model.name, before, verdict));
    const refusal = refuseDefrag(before, verdict, flags.has("degraded"));
    if (refusal !== undefined)
      throw new GateError(`etcd:defrag: ${refusal.message}`, { remedy: refusal.remedy });
    const order = defragOrder(answering(before)).map(({ host }) => host.name);
    const steps = [
      flags.has("no-snapshot") ? "no snapshot" : `snapshot, kept in ${target.file ?? target.folder}`,
      "drop old revisions",
      `defragment ${order.join(", then ")} (the leader last)`,
      "clear alarms",
      "write and read back through each member",
    ];
    context.out(`\n${steps.map((step, index) => `${index + 1}. ${step}`).join("\n")}\n`);
    if (flags.has("plan")) return EXIT.done;
    await confirmAction(
      context,
      { name: "etcd:defrag", title: "Compact and defragment etcd", confirm: "question" },
      model.name,
    );
    const after = await underLock(context, cluster.lock, "etcd:defrag", async (stop) => {
      const action = { model, env: context.env, stop, say: (line: string) => context.err(`${line}\n`) };
      // Anything may have happened while the question stood.
      const now = await askMembers(model, context.env);
      if (!flags.has("no-snapshot")) {
        const { path } = await takeSnapshot(action, now, target);
        context.err(`snapshot kept: ${path}\n`);
      }
      await defragment(action, now);
      return askMembers(model, context.env);
    });
    const result = judge(model, after, WARN_AT);
    context.out(describeStatus(model.name, after, result));
    return result.findings.some(({ severity }) => severity === "critical") ? EXIT.gate : EXIT.done;
  },
};
