/** npm run status */
import { existsSync, readdirSync } from "node:fs";
import { FORMAT_OPTION, wantsJson } from "../cli/format-option.ts";
import { optionValue, type Task, type TaskContext } from "../cli/task.ts";
import { EXIT, InputError } from "../core/errors.ts";
import { clusterFolders } from "../core/paths.ts";
import { lockHolder } from "../io/lock.ts";
import { PHASE_NAMES } from "../phases/spec.ts";
import { endOf, lastDone, readHistory } from "../report/history.ts";
import type { RunRecord } from "../report/run-record.ts";
import { duration, table } from "../report/text.ts";

const RECENT = 5;

export const task: Task = {
  description: `Shows, from the journals alone and without asking any host: what runs now, when each phase last ended well and how
long it took, and the latest runs of each cluster.`,
  options: {
    cluster: {
      type: "string",
      short: "c",
      value: "NAME",
      help: "show this cluster only",
      default: "all",
      complete: "cluster",
    },
    ...FORMAT_OPTION,
  },
  async run(context) {
    const clusters = clustersWithRuns(context);
    const reports = clusters.map((cluster) => report(context, cluster));
    if (wantsJson(context.args)) context.out(`${JSON.stringify(reports, null, 2)}\n`);
    else
      context.out(
        reports.length === 0
          ? "nothing has been deployed yet → npm run plan\n"
          : reports.map(describe).join("\n"),
      );
    return EXIT.done;
  },
};

interface ClusterReport {
  readonly cluster: string;
  readonly running?: string;
  readonly phases: readonly {
    readonly name: string;
    /** When it ended, ISO 8601. */
    readonly done?: string;
    readonly seconds?: number;
    readonly run?: string;
  }[];
  readonly runs: readonly RunRecord[];
}

function clustersWithRuns(context: TaskContext): readonly string[] {
  const wanted = optionValue(context.args, "cluster");
  const names = existsSync(context.paths.build)
    ? readdirSync(context.paths.build).filter(
        (name) => readHistory(clusterFolders(context.paths, name).runs).length > 0,
      )
    : [];
  if (wanted === undefined) return names;
  if (names.includes(wanted)) return [wanted];
  throw new InputError(`the cluster "${wanted}" has no runs yet`, {
    remedy: `clusters with runs: ${names.join(", ") || "none"}`,
  });
}

function report(context: TaskContext, cluster: string): ClusterReport {
  const { runs, lock } = clusterFolders(context.paths, cluster);
  const owner = lockHolder(lock);
  return {
    cluster,
    ...(owner === undefined
      ? {}
      : {
          running: `${owner.reason}, by ${owner.user}@${owner.process.host}, process ${owner.process.pid}, since ${owner.since}`,
        }),
    phases: PHASE_NAMES.map((name) => {
      const last = lastDone(runs, name);
      if (last === undefined) return { name };
      const { phase, run } = last;
      return {
        name,
        done: endOf(phase),
        run: run.id,
        ...(phase.seconds === undefined ? {} : { seconds: phase.seconds }),
      };
    }),
    runs: readHistory(runs)
      .slice(0, RECENT)
      .map((run) =>
        run.status === "running" && owner === undefined ? { ...run, status: "interrupted" } : run,
      ),
  };
}

function describe(report: ClusterReport): string {
  const phases = report.phases.map((phase) => [
    `  ${phase.name}`,
    phase.done === undefined ? "never" : minuteOf(phase.done),
    phase.seconds === undefined ? "" : duration(phase.seconds),
  ]);
  const runs = report.runs.map((run) => [`  ${run.id}`, run.status, run.command]);
  return `${report.cluster}${report.running === undefined ? "" : `\n  running now: ${report.running}`}
${table([["  PHASE", "LAST DONE", "TOOK"], ...phases])}

${table([["  RUN", "RESULT", "COMMAND"], ...runs])}
`;
}

/** `2026-11-21 19:52 UTC`; the ids of runs are in UTC, too. */
function minuteOf(time: string): string {
  return `${time.slice(0, 16).replace("T", " ")} UTC`;
}
