/** What a phase is. The catalog holds them, the plan decides over them, the runner executes that very list. */
import type { ClusterModel, ToolName } from "../core/model.ts";
import type { ValueMap } from "../core/value.ts";

export const PHASE_NAMES = [
  "ceph",
  "prep-hosts",
  "kube",
  "openshift",
  "post",
  "logging",
  "prometheus",
  "tekton",
] as const;
export type PhaseName = (typeof PHASE_NAMES)[number];

/** A phase to run, or the reason why not. */
export type Decision = true | { readonly skip: string };

export interface PhaseSpec {
  readonly name: PhaseName | "preflight";
  /** Verb first, as shown while it runs. */
  readonly title: string;
  /** Phases that come first, when they run at all. */
  readonly needs: readonly PhaseName[];
  readonly tool: ToolName;
  /** In order, relative to the tool's tree. */
  readonly playbooks: readonly string[];
  /** Passed with -e as JSON, so types survive. Never a secret: argv is public. */
  readonly extraVars: (model: ClusterModel) => ValueMap;
  readonly when: (model: ClusterModel) => Decision;
}
