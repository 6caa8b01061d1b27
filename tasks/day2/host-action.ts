/** Day-2 actions that work on hosts over SSH without a playbook, with plan, question, lock and journal like all others. */
import { NO_FLAGS } from "../ansible/command.ts";
import type { Question, Session } from "../core/session.ts";
import { execute } from "../deploy/execute.ts";
import type { ClusterContext } from "../deploy/prepare.ts";
import type { PlannedPhase } from "../phases/plan.ts";
import type { PhaseSpec, Work } from "../phases/spec.ts";
import { questionOf } from "./question.ts";

/** One step; the next one waits for it. */
export interface HostStep {
  /** File-safe; unique in the action. */
  readonly name: string;
  /** Verb first. */
  readonly title: string;
  readonly work: Work;
}

/** Everything that is known before the user is asked: the hosts have been asked, and what would do harm was refused. */
export interface PreparedAction {
  readonly title: string;
  /** `none`: nothing is lost, so nothing is asked. A question: about something smaller than the cluster. */
  readonly confirm: "question" | "name" | "none" | Question;
  readonly steps: readonly HostStep[];
  readonly notes?: readonly string[];
}

/**
 * Shows the plan, asks, and runs under the cluster's lock, with a journal. Progress goes to standard error: standard
 * output is for the command's result.
 * @returns false when the user wanted only the plan
 */
export async function runOnHosts(
  session: Session,
  cluster: ClusterContext,
  action: PreparedAction,
  onlyPlan: boolean,
): Promise<boolean> {
  const { name } = cluster.model;
  const quiet = action.confirm === "none" && !onlyPlan;
  if (!quiet) session.out(describe(action, name));
  if (onlyPlan) return false;
  if (typeof action.confirm === "object") await session.confirm(action.confirm);
  else if (action.confirm !== "none")
    await session.confirm(questionOf({ title: action.title, confirm: action.confirm }, name));
  await execute(session, cluster, {
    plan: planned(action),
    flags: NO_FLAGS,
    partial: true,
    progress: "lines",
  });
  return true;
}

function describe({ title, steps, notes = [] }: PreparedAction, cluster: string): string {
  const lines = steps.flatMap(({ work }) => work.lines);
  return [
    `${title}: ${cluster}`,
    ...lines.map((line, index) => `${index + 1}. ${line}`),
    ...notes.map((note) => `note: ${note}`),
    "",
  ].join("\n");
}

function planned({ steps }: PreparedAction): readonly PlannedPhase[] {
  return steps.map(({ name, title, work }, index) => {
    const spec: PhaseSpec = {
      name,
      title,
      needs: steps.slice(0, index).map((step) => step.name),
      tool: "custom",
      playbooks: [],
      work,
      extraVars: () => ({}),
      when: () => true,
    };
    return { spec, decision: { kind: "run" }, commands: [], fingerprint: "" };
  });
}
