/** Runs a plan under the cluster's lock, with journal and progress, and reports the result. */
import type { RunFlags } from "../ansible/command.ts";
import type { Subscriber } from "../core/events.ts";
import { toolFolder } from "../core/paths.ts";
import type { Session } from "../core/session.ts";
import { writeFileSet } from "../io/file-set.ts";
import { acquireLock, type Lock } from "../io/lock.ts";
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
import { type RunOptions, runPlan } from "../run/run-plan.ts";
import { conclude } from "./conclude.ts";
import { gatekeeper } from "./gates.ts";
import { needsManifests, writeManifests } from "./manifests.ts";
import { endOrphan } from "./orphan.ts";
import { type ClusterContext, customAnsible } from "./prepare.ts";

export interface ExecuteOptions {
  readonly plan: readonly PlannedPhase[];
  readonly flags: RunFlags;
  readonly partial: boolean;
  /** Print what a gate refuses, and continue. */
  readonly ignoreGates?: boolean;
  /** `lines`: only lines of progress, to standard error. Default: a live view on a terminal, else plain lines. */
  readonly progress?: "lines";
  /** Earlier results for the table of findings; an error among them ends the run with exit code 3. */
  readonly findings?: readonly Finding[];
}

/**
 * @throws LockedError, GateError, PhaseError, InterruptedError; each with what happened and the next command
 */
export async function execute(
  context: Session,
  cluster: ClusterContext,
  options: ExecuteOptions,
): Promise<void> {
  const lock = await acquireLock(cluster.lock, context.typed.command);
  const notice = (message: string): void => context.err(`note: ${message}\n`);
  const interrupt = listenForInterrupt(process, (line) => context.err(`\n${line}\n`));
  try {
    await takeOver(lock, notice);
    writeInventories(cluster, options.plan, notice);
    const journal = openJournal({
      runsFolder: cluster.runs,
      cluster: cluster.model.name,
      command: context.typed.command,
      user: operatorName(context.env),
      started: new Date(),
      partial: options.partial,
      fingerprint: (phase) => options.plan.find(({ spec }) => spec.name === phase)?.fingerprint,
    });
    let views: PhaseViews = new Map();
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
      gate: gatesOf(context, cluster, options, notice, () => interrupt.requested),
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
    conclude({ session: context, views, results, journal, findings: options.findings ?? [] });
    if (results.some(({ phase, status }) => phase.spec.leavesKubeconfig === true && status === "done"))
      await fetchKubeconfig(context, cluster);
  } finally {
    interrupt.dispose();
    lock.release();
  }
}

type Notice = (message: string) => void;

/** Ends what a dead run has left behind. */
async function takeOver({ inheritedFrom }: Lock, notice: Notice): Promise<void> {
  if (inheritedFrom === undefined) return;
  const { process: dead, reason } = inheritedFrom;
  notice(`took over the lock of process ${dead.pid} (${reason}), which has died`);
  await endOrphan(inheritedFrom, notice);
}

function writeInventories(cluster: ClusterContext, plan: readonly PlannedPhase[], notice: Notice): void {
  const tools = plan.filter(isRun).flatMap(({ commands }) => commands.map(({ tool }) => tool));
  for (const tool of new Set(tools)) {
    const files = cluster.files.get(tool) ?? new Map();
    const { saved } = writeFileSet(toolFolder(cluster, tool), files, PRIVATE_FOLDERS[tool]);
    for (const [file, kept] of saved) notice(`${tool}/${file} was edited by hand: kept as ${kept}`);
  }
}

/** The gates around each phase; manifests are written when the phase that applies them may begin. */
function gatesOf(
  context: Session,
  cluster: ClusterContext,
  { flags, ignoreGates }: ExecuteOptions,
  notice: Notice,
  isStopped: () => boolean,
): NonNullable<RunOptions["gate"]> {
  const gate = gatekeeper({ cluster, env: context.env, notice, ignored: ignoreGates === true, isStopped });
  return async (spec, when) => {
    const refusal = await gate(spec, when);
    if (refusal === undefined && when === "before" && spec.appliesManifests === true)
      await prepareManifests(context, cluster, flags, notice);
    return refusal;
  };
}

async function prepareManifests(
  context: Session,
  cluster: ClusterContext,
  flags: RunFlags,
  notice: Notice,
): Promise<void> {
  const bin = (await customAnsible(context, true))?.bin ?? "";
  if (needsManifests(flags)) await writeManifests(cluster, { bin, env: context.env, notice });
}

async function fetchKubeconfig(context: Session, { build, model }: ClusterContext): Promise<void> {
  const fetched = await takeArtifact(build, model);
  if (fetched === "written") context.out(`kubeconfig: export KUBECONFIG=${kubeconfigOf(build)}\n`);
  if (fetched === "damaged")
    context.err("note: kubespray/artifacts/admin.conf is not a kubeconfig: the earlier kubeconfig is kept\n");
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
