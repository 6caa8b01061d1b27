/** Day-2 actions that work on hosts over SSH without a playbook: planned, asked, locked and recorded like all others. */
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

/** All that is known before the user is asked. Whoever makes one has asked the hosts and refused what would do harm. */
export interface PreparedAction {
  /** The command: `etcd:defrag`. */
  readonly name: string;
  readonly title: string;
  /** `none`: it takes nothing away, so nobody has to say yes. A question of its own: about something smaller than the cluster. */
  readonly confirm: "question" | "name" | "none" | Question;
  readonly steps: readonly HostStep[];
  readonly notes?: readonly string[];
  /** What to type when it did not end well. */
  readonly again: string;
}

/**
 * Shows the plan, asks, and runs under the cluster's lock, with a journal. Progress goes to standard error: standard
 * output belongs to the command's result.
 * @returns false when only the plan was wanted
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
    command: action.name,
    plan: planned(action),
    flags: NO_FLAGS,
    partial: true,
    again: action.again,
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
