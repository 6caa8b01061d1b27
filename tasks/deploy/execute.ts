/** Runs a plan under the cluster's lock, with journal and progress, and says how it came out. */
import type { RunFlags } from "../ansible/command.ts";
import type { Subscriber } from "../core/events.ts";
import { toolFolder } from "../core/paths.ts";
import type { Session } from "../core/session.ts";
import { writeFileSet } from "../io/file-set.ts";
import { acquireLock } from "../io/lock.ts";
import { operatorName } from "../io/operator.ts";
import { takeArtifact } from "../kubeconfig/artifact.ts";
import { kubeconfigOf } from "../kubeconfig/store.ts";
import type { PlannedPhase } from "../phases/plan.ts";
import { PRIVATE_FOLDERS } from "../render/renderers.ts";
import { lastDone } from "../report/history.ts";
import { openJournal } from "../report/journal.ts";
import { plainProgress } from "../report/plain.ts";
import type { Finding } from "../report/preflight.ts";
import { fold, type PhaseViews } from "../report/progress-state.ts";
import { terminalProgress } from "../report/terminal.ts";
import { listenForInterrupt } from "../run/interrupt.ts";
import { runPlan } from "../run/run-plan.ts";
import { conclude } from "./conclude.ts";
import { gatekeeper } from "./gates.ts";
import { needsManifests, writeManifests } from "./manifests.ts";
import { endOrphan } from "./orphan.ts";
import { type ClusterContext, customAnsible } from "./prepare.ts";

export interface ExecuteOptions {
  /** As typed: `deploy prep-hosts --check`. */
  readonly command: string;
  readonly plan: readonly PlannedPhase[];
  readonly flags: RunFlags;
  readonly partial: boolean;
  /** What to type to go on after a failure. */
  readonly again: string;
  /** What a gate says is only printed. */
  readonly ignoreGates?: boolean;
  /** `lines`: only what the phases say, to standard error. Default: a live view on a terminal, else lines of both. */
  readonly progress?: "lines";
  /** What was found out before, for the table of findings; an error among it ends the run with exit code 3. */
  readonly findings?: readonly Finding[];
}

/**
 * @throws LockedError, GateError, PhaseError, InterruptedError; each says what happened and what to type next.
 */
export async function execute(
  context: Session,
  cluster: ClusterContext,
  options: ExecuteOptions,
): Promise<void> {
  const lock = await acquireLock(cluster.lock, options.command);
  const notice = (message: string): void => context.err(`note: ${message}\n`);
  const interrupt = listenForInterrupt(process, (line) => context.err(`\n${line}\n`));
  try {
    if (lock.inheritedFrom !== undefined) {
      const { process: dead, reason } = lock.inheritedFrom;
      notice(`took over the lock of process ${dead.pid} (${reason}), which has died`);
      await endOrphan(lock.inheritedFrom, notice);
    }
    for (const tool of new Set(
      options.plan.filter(isRun).flatMap(({ commands }) => commands.map((command) => command.tool)),
    )) {
      const { saved } = writeFileSet(
        toolFolder(cluster, tool),
        cluster.files.get(tool) ?? new Map(),
        PRIVATE_FOLDERS[tool],
      );
      for (const [file, kept] of saved) notice(`${tool}/${file} had been edited by hand: kept as ${kept}`);
    }
    const journal = openJournal({
      runsFolder: cluster.runs,
      cluster: cluster.model.name,
      command: options.command,
      user: operatorName(context.env),
      started: new Date(),
      partial: options.partial,
      fingerprint: (phase) => options.plan.find(({ spec }) => spec.name === phase)?.fingerprint,
    });
    let views: PhaseViews = new Map();
    const gate = gatekeeper({
      cluster,
      env: context.env,
      notice,
      ignored: options.ignoreGates === true,
      isStopped: () => interrupt.requested,
    });
    const progress =
      options.progress === "lines" ? quietProgress(context) : progressFor(context, options.plan);
    const results = await runPlan({
      run: journal.id,
      cluster: cluster.model.name,
      plan: options.plan,
      env: context.env,
      logFile: journal.logFile,
      eventsFile: journal.eventsFile,
      eventsSize: journal.eventsSize,
      estimate: (phase) => lastDone(cluster.runs, phase)?.phase.seconds,
      checkMode: options.flags.check,
      gate: async (spec, when) => {
        const refusal = await gate(spec, when);
        if (refusal === undefined && when === "before" && spec.appliesManifests === true)
          await prepareManifests(context, cluster, options.flags, notice);
        return refusal;
      },
      subscribers: [
        journal.subscribe,
        (event) => {
          views = fold(views, event);
        },
        progress.subscribe,
      ],
      interrupt,
      onChild: lock.setChild,
    });
    await progress.finished;
    const { again, findings = [] } = options;
    conclude({ context, views, results, journal, again, findings });
    if (results.some(({ phase, status }) => phase.spec.leavesKubeconfig === true && status === "done"))
      await sayKubeconfig(context, cluster);
  } finally {
    interrupt.dispose();
    lock.release();
  }
}

async function prepareManifests(
  context: Session,
  cluster: ClusterContext,
  flags: RunFlags,
  notice: (message: string) => void,
): Promise<void> {
  const bin = (await customAnsible(context, true))?.bin ?? "";
  if (needsManifests(flags)) await writeManifests(cluster, { bin, env: context.env, notice });
}

async function sayKubeconfig(context: Session, { build, model }: ClusterContext): Promise<void> {
  const fetched = await takeArtifact(build, model);
  if (fetched === "written") context.out(`kubeconfig: export KUBECONFIG=${kubeconfigOf(build)}\n`);
  if (fetched === "damaged")
    context.err("note: kubespray/artifacts/admin.conf is no kubeconfig: the one that was here is kept\n");
}

function isRun(phase: PlannedPhase): boolean {
  return phase.decision.kind === "run";
}

interface Progress {
  readonly subscribe: Subscriber;
  readonly finished: Promise<void>;
}

function quietProgress({ err }: Session): Progress {
  return {
    subscribe: (event) => {
      if (event.kind === "progress" || event.kind === "notice") err(`${event.message}\n`);
    },
    finished: Promise.resolve(),
  };
}

function progressFor(context: Session, plan: readonly PlannedPhase[]): Progress {
  if (!context.isTerminal) return { subscribe: plainProgress(context.out), finished: Promise.resolve() };
  return terminalProgress(plan.filter(isRun).map(({ spec }) => ({ name: spec.name, title: spec.title })));
}
