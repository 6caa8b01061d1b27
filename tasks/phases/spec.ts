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
  /** One of PHASE_NAMES in a deploy; day-2 actions name their own steps. */
  readonly name: string;
  /** Verb first, as shown while it runs. */
  readonly title: string;
  /** Phases that come first, when they run at all. */
  readonly needs: readonly string[];
  readonly tool: ToolName;
  /** In order, relative to the tool's tree. */
  readonly playbooks: readonly string[];
  /** Passed with -e as JSON, so types survive. Never a secret: argv is public. */
  readonly extraVars: (model: ClusterModel) => ValueMap;
  readonly when: (model: ClusterModel) => Decision;
  /** Playbooks that come first and without the limit, whenever a run is limited: facts of hosts that others are asked about. */
  readonly beforeLimited?: readonly string[];
  /** Hosts that the phase itself is limited to, when the user does not say. */
  readonly limit?: string;
  /** Leaves an administrator's kubeconfig beside its inventory, which is fetched when it is done. */
  readonly leavesKubeconfig?: boolean;
  /** Nothing starts unless every host has an operating system that the tool installs on. */
  readonly checkSystems?: boolean;
}
