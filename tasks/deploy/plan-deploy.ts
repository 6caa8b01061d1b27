/** The plan of a deploy, from what the user asked for, and its report. Changes nothing. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type RunFlags, shellLine, shortLine } from "../ansible/command.ts";
import { listPlays, type PlayMatch } from "../ansible/list-plays.ts";
import type { Session } from "../core/session.ts";
import { writeFileSet } from "../io/file-set.ts";
import type { PlannedPhase } from "../phases/plan.ts";
import { selectPhases } from "../phases/select.ts";
import type { PhaseSpec } from "../phases/spec.ts";
import { toolsOf } from "../phases/steps.ts";
import { endOf, lastDone } from "../report/history.ts";
import { type PhasePlan, PLAN_REPORT_VERSION, type PlanReport } from "../report/plan-report.ts";
import { ansibleFor, type ClusterContext, type Environments, INVENTORY, makePlan } from "./prepare.ts";

export interface DeployRequest {
  /** Phases that the user named; empty: all. */
  readonly only: readonly string[];
  /** This phase and all after it. */
  readonly from?: string;
  readonly resume: boolean;
  readonly flags: RunFlags;
}

export interface DeployPlan {
  readonly phases: readonly PlannedPhase[];
  readonly environments: Environments;
}

/**
 * @param ansible `none`: the plan is only good for what phases lack; `existing`: environments that are built already;
 * `build`: those that are missing are built
 */
export async function planDeploy(
  session: Session,
  cluster: ClusterContext,
  request: DeployRequest,
  ansible: "none" | "existing" | "build",
): Promise<DeployPlan> {
  const selected = selectPhases(request);
  const tools = wantedBy(cluster, selected).flatMap((spec) => toolsOf(spec, cluster.model));
  const environments = ansible === "none" ? new Map() : await ansibleFor(session, tools, ansible === "build");
  const { flags, resume, only } = request;
  const phases = makePlan(session, cluster, { phases: selected, flags, resume, named: only, environments });
  return { phases, environments };
}

function wantedBy({ model }: ClusterContext, phases: readonly PhaseSpec[]): readonly PhaseSpec[] {
  return phases.filter(({ when }) => when(model) === true);
}

/** Asks Ansible which hosts each play matches, on inventories that are rendered aside: build/ stays as it is. */
export async function reportPlan(
  session: Session,
  cluster: ClusterContext,
  { phases, environments }: DeployPlan,
): Promise<PlanReport> {
  const { name, orchestrator, hosts } = cluster.model;
  const scratch = mkdtempSync(join(tmpdir(), "kube-magic-plan-"));
  try {
    const reports: PhasePlan[] = [];
    for (const phase of phases) {
      const canAsk =
        phase.decision.kind === "run" && phase.commands.every(({ tool }) => environments.has(tool));
      const plays = canAsk ? await playsOf(phase, cluster, scratch, session.env) : undefined;
      reports.push(reportPhase(session, cluster, phase, plays));
    }
    return {
      version: PLAN_REPORT_VERSION,
      cluster: name,
      orchestrator,
      hosts: hosts.length,
      phases: reports,
    };
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

async function playsOf(
  phase: PlannedPhase,
  cluster: ClusterContext,
  scratch: string,
  env: NodeJS.ProcessEnv,
): Promise<readonly PlayMatch[]> {
  for (const tool of new Set(phase.commands.map((command) => command.tool)))
    writeFileSet(join(scratch, tool), cluster.files.get(tool) ?? new Map());
  const lists = await Promise.all(
    phase.commands.map((command) => listPlays(command, join(scratch, command.tool, INVENTORY), env)),
  );
  return lists.flat();
}

function reportPhase(
  { paths }: Session,
  cluster: ClusterContext,
  { spec, decision, commands, fingerprint }: PlannedPhase,
  plays: readonly PlayMatch[] | undefined,
): PhasePlan {
  const last = lastDone(cluster.runs, spec.name);
  const { kind, ...why } = decision;
  return {
    name: spec.name,
    title: spec.title,
    tool: spec.tool,
    decision: kind,
    ...why,
    commands: (kind === "run" ? commands : []).map((command) => ({
      tool: command.tool,
      cwd: command.cwd,
      argv: command.argv,
      env: command.env,
      short: shortLine(command, paths.root),
      line: shellLine(command),
    })),
    notes: spec.notes?.(cluster.model) ?? [],
    ...(last === undefined
      ? {}
      : {
          lastDone: {
            run: last.run.id,
            ended: endOf(last.phase),
            seconds: last.phase.seconds ?? 0,
            sameInputs: last.phase.fingerprint === fingerprint,
          },
        }),
    ...(plays === undefined
      ? {}
      : {
          plays: {
            total: plays.length,
            unmatched: plays
              .filter(({ hosts }) => hosts === 0)
              .map(({ name, pattern }) => ({ name, pattern })),
          },
        }),
  };
}
