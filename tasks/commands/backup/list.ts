/** npm run backup:list */

import { type ListReport, listReport } from "../../backup/answers.ts";
import { chosenHosts } from "../../backup/choose.ts";
import { outcomeJson } from "../../backup/command.ts";
import { ageText, judgeStatus, sizeText } from "../../backup/freshness.ts";
import { type Outcome, runProgramOnHosts } from "../../backup/program.ts";
import { FORMAT_OPTION, wantsJson } from "../../cli/format-option.ts";
import { INVENTORY_OPTIONS } from "../../cli/inventory-options.ts";
import type { Task } from "../../cli/task.ts";
import { HOSTS_OR_ALL } from "../../cli/words.ts";
import { EXIT } from "../../core/errors.ts";
import { requireModel } from "../../inventory/load.ts";
import { loadChosenInventory } from "../../inventory/load-chosen.ts";
import { table } from "../../report/text.ts";

export const task: Task = {
  description: `Lists how old the latest backup of every host is; for hosts that you name, every backup of theirs. What is
critical in monitoring is critical here too.
Exit code 3 when a host has no recent, complete backup, or does not answer.`,
  positionals: HOSTS_OR_ALL,
  options: {
    ...INVENTORY_OPTIONS,
    ...FORMAT_OPTION,
  },
  async run(context) {
    const { args, env, out } = context;
    const model = requireModel(await loadChosenInventory(context));
    const hosts = chosenHosts(model, args.positionals);
    const outcomes = await runProgramOnHosts(hosts, { model, words: ["list"], report: listReport, env });
    const now = Date.now() / 1000;
    if (wantsJson(args)) out(outcomeJson(model.name, outcomes));
    else if (args.positionals.length === 0) out(overview(outcomes, now));
    else out(outcomes.map((outcome) => details(outcome, now)).join("\n"));
    return outcomes.every((outcome) => isFine(outcome, now)) ? EXIT.done : EXIT.gate;
  },
};

function isFine(outcome: Outcome<ListReport>, now: number): boolean {
  if (outcome.kind !== "done" || outcome.report.problem !== null) return false;
  return judgeStatus(outcome.report.status, now).state !== "critical";
}

function overview(outcomes: readonly Outcome<ListReport>[], now: number): string {
  const rows = outcomes.map((outcome) =>
    outcome.kind === "done"
      ? row(outcome.host, outcome.report, now)
      : [outcome.host, "?", "", "", "", "", outcome.message],
  );
  return `${table([["host", "latest", "backups", "size", "etcd keys", "drill", "state"], ...rows])}\n`;
}

function row(host: string, { status, snapshots, problem }: ListReport, now: number): readonly string[] {
  const { success } = status.backup ?? {};
  const drill = status.drill?.success;
  const { state, reasons } = judgeStatus(status, now);
  const all = [...(problem === null ? [] : [problem.message]), ...reasons];
  return [
    host,
    success === undefined ? "none" : `${ageText(now - success.ended)} ago`,
    problem === null ? String(snapshots.length) : "?",
    success === undefined ? "" : sizeText(success.bytes),
    success?.etcd_keys === undefined ? "–" : String(success.etcd_keys),
    drill === undefined ? "never" : `${ageText(now - drill.ended)} ago`,
    [problem === null ? state : "critical", ...all.slice(0, 1)].join(": "),
  ];
}

function details(outcome: Outcome<ListReport>, now: number): string {
  if (outcome.kind !== "done") return `${outcome.host}: ${outcome.message}\n`;
  const { status, snapshots, problem } = outcome.report;
  const { state, reasons } = judgeStatus(status, now);
  const lines = [...(problem === null ? [] : [problem.message]), ...reasons].map((reason) => `  ${reason}\n`);
  const rows = snapshots.map(({ id, time, summary }) => [
    `  ${id.slice(0, 8)}`,
    `${time.slice(0, 16).replace("T", " ")} UTC`,
    summary === undefined ? "" : sizeText(summary.total_bytes_processed),
  ]);
  return `${outcome.host}: ${problem === null ? state : "critical"} (${status.repository})\n${lines.join("")}${
    rows.length === 0 ? "  no backups" : table(rows)
  }\n`;
}
