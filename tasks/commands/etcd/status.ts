/** npm run etcd:status */
import { FORMAT_OPTION, wantsJson } from "../../cli/format-option.ts";
import { INVENTORY_OPTIONS } from "../../cli/inventory-options.ts";
import { optionValue, type Task } from "../../cli/task.ts";
import { EXIT } from "../../core/errors.ts";
import { clusterFolders } from "../../core/paths.ts";
import { askMembers } from "../../etcd/ask.ts";
import { describeStatus } from "../../etcd/describe.ts";
import { judge, quotaOf, type Verdict } from "../../etcd/judge.ts";
import type { MemberAnswer } from "../../etcd/member.ts";
import { requireEtcd } from "../../etcd/require-etcd.ts";
import { interruptedRestore } from "../../etcd/restore-journal.ts";
import { requireModel } from "../../inventory/load.ts";
import { loadChosenInventory } from "../../inventory/load-chosen.ts";

export const task: Task = {
  description: `Asks every member of etcd over SSH, all at the same time, for version, leader, raft index, size of the database against
its quota, alarms, health and latency. Exit code 3 when a member is down, has an alarm, or is too full.`,
  options: {
    ...INVENTORY_OPTIONS,
    "warn-at": {
      type: "string",
      value: "PERCENT",
      kind: "percent",
      help: "warn from this share of the quota on",
      default: "80",
    },
    ...FORMAT_OPTION,
  },
  async run(context) {
    const loaded = await loadChosenInventory(context);
    const model = requireEtcd(requireModel(loaded));
    const warnAt = Number(optionValue(context.args, "warn-at") ?? 80);
    const answers = await askMembers(model, context.env);
    const judged = judge(model, answers, warnAt);
    const { build } = clusterFolders(context.paths, loaded.cluster);
    const verdict = { ...judged, findings: [...judged.findings, ...interruptedRestore(build)] };
    context.out(
      wantsJson(context.args)
        ? asJson(model.name, answers, verdict)
        : describeStatus(model.name, answers, verdict),
    );
    return verdict.state === "ok" ? EXIT.done : EXIT.gate;
  },
};

function asJson(cluster: string, answers: readonly MemberAnswer[], verdict: Verdict): string {
  const members = answers.map((answer) => ({
    host: answer.host.name,
    kind: answer.kind,
    ...(answer.settings === undefined ? {} : { settings: answer.settings }),
    ...(answer.kind === "answers"
      ? { ...answer.status, quotaBytes: quotaOf(answer), isLeader: answer.status.id === answer.status.leader }
      : { why: answer.why, reason: answer.reason }),
  }));
  return `${JSON.stringify({ cluster, ...verdict, members }, null, 2)}\n`;
}
