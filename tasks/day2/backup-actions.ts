/** Day-2 actions with the backup program of the hosts. */
import { type RestoreReport, restoreReport } from "../backup/answers.ts";
import { onHosts } from "../backup/command.ts";
import { copyBackup } from "../backup/copy-to-controller.ts";
import { requireSuccess } from "../backup/failures.ts";
import { type BackupQuestion, type Outcome, runProgram } from "../backup/program.ts";
import type { Host } from "../core/model.ts";
import type { Session } from "../core/session.ts";
import type { ClusterContext } from "../deploy/prepare.ts";
import type { Work } from "../phases/spec.ts";
import type { PreparedAction } from "./host-action.ts";

export interface Job<Report> {
  /** File-safe; of the step. */
  readonly name: string;
  readonly title: string;
  /** What happens on each host, for the plan. */
  readonly line: string;
  /** Of the program on the hosts. */
  readonly words: readonly string[];
  readonly report: BackupQuestion<Report>["report"];
  /** As in "drill of lb1 failed". */
  readonly noun: string;
}

/** The same job on several hosts. @param show called with every outcome, before a failure ends the run */
export function onEachHost<Report>(
  { env }: Session,
  { model }: ClusterContext,
  hosts: readonly Host[],
  job: Job<Report>,
  show: (outcomes: readonly Outcome<Report>[]) => void,
): PreparedAction {
  return {
    title: job.title,
    confirm: "none",
    steps: [
      {
        name: job.name,
        title: job.title,
        work: {
          lines: [`on ${hosts.map(({ name }) => name).join(", ")}: ${job.line}`],
          async run({ say, stop }) {
            const { words, report } = job;
            const outcomes = await onHosts(hosts, { model, words, report, env, signal: stop.now }, say);
            show(outcomes);
            requireSuccess(job.noun, outcomes);
          },
        },
      },
    ],
  };
}

/** Where the files of a restore go. */
export type Destination =
  | { readonly kind: "host"; readonly folder: string }
  | { readonly kind: "controller"; readonly folder: string }
  | { readonly kind: "in-place" };

export interface RestoreRequest {
  readonly host: Host;
  /** Of the program, without the destination. */
  readonly words: readonly string[];
  readonly destination: Destination;
}

/**
 * @param show called with the result
 * @returns nothing when the live files are as they were at the time of the backup
 */
export async function restoreFilesAction(
  session: Session,
  cluster: ClusterContext,
  { host, words, destination }: RestoreRequest,
  show: (line: string) => void,
): Promise<PreparedAction | undefined> {
  const prepared = (
    line: string,
    run: Work["run"],
    confirm: PreparedAction["confirm"] = "none",
  ): PreparedAction => ({
    title: `Restore files of ${host.name}`,
    confirm,
    steps: [{ name: "backup-restore", title: `Restore files of ${host.name}`, work: { lines: [line], run } }],
  });
  const { kind } = destination;
  if (kind === "controller") {
    const { folder } = destination;
    return prepared(`copy the files of ${host.name} to ${folder} on this machine`, async ({ stop }) => {
      const source = { model: cluster.model, host, env: session.env, signal: stop.now };
      const files = await copyBackup(source, words, folder);
      show(`${files} files of ${host.name} are in ${folder}`);
    });
  }
  if (kind === "host") {
    const { folder } = destination;
    return prepared(`restore to the new folder ${folder} on ${host.name}`, async ({ say }) => {
      const report = await ask(session, cluster, host, [...words, "--to", folder], say);
      show(
        `${report.files} files of ${host.name}, as of ${timeOf(report)}, are in ${host.name}:${report.folder}`,
      );
    });
  }
  const plan = await ask(session, cluster, host, [...words, "--plan"], (line) => session.err(`${line}\n`));
  if (plan.changes.length === 0) {
    show(`${host.name}: all ${plan.files} files are as they were on ${timeOf(plan)}; nothing to do`);
    return undefined;
  }
  session.out(
    `${host.name}: ${plan.changes.length} of ${plan.files} files will be as they were on ${timeOf(plan)}:\n` +
      plan.changes.map((path) => `  ${path}\n`).join(""),
  );
  return prepared(
    `replace these files on ${host.name}, and keep the present ones`,
    async ({ say }) => {
      // The backup that was shown, even when a newer one exists by now. Of two options the last one counts.
      const which = [...words, "--snapshot", plan.snapshot, "--in-place"];
      const done = await ask(session, cluster, host, which, say);
      show(
        `${done.changes.length} files were replaced; the earlier ones are in ${host.name}:${done.kept}\n` +
          "Reload the services that read these files.",
      );
    },
    {
      kind: "name",
      name: host.name,
      text: `Type the host's name, ${host.name}, to replace these files:`,
    },
  );
}

const timeOf = ({ time }: RestoreReport): string => time.slice(0, 19);

async function ask(
  { env }: Session,
  { model }: ClusterContext,
  host: Host,
  words: readonly string[],
  say: (line: string) => void,
): Promise<RestoreReport> {
  const onStep = (_host: string, message: string): void => say(message);
  const outcome = await runProgram(host, { model, words, report: restoreReport, env, onStep });
  if (outcome.kind === "done") return outcome.report;
  requireSuccess("restore", [outcome]);
  throw new Error("unreachable");
}
