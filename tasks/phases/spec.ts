/** What a phase is. The catalog lists them, the plan decides which run, the runner executes that same list. */
import type { ClusterModel, ToolName } from "../core/model.ts";
import type { Stop } from "../core/stop.ts";
import type { ValueMap } from "../core/value.ts";
import type { OutputName } from "./outputs.ts";

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

/** A playbook with more settings than its name. */
export interface PlaybookStep {
  /** Relative to the tree of its tool. */
  readonly playbook: string;
  /** Absent: the phase's own. */
  readonly tool?: ToolName;
  readonly when?: (model: ClusterModel) => boolean;
  /** Beside those of the phase, which only its own tool gets. */
  readonly extraVars?: (model: ClusterModel) => ValueMap;
  /** Only these tasks, unless the user names some. */
  readonly tags?: string;
}

/** A check before a phase begins, or after it has ended. */
export const GATE_NAMES = ["ceph-health"] as const;
export type GateName = (typeof GATE_NAMES)[number];

/** What a phase does on hosts without a playbook. */
export interface Work {
  /** What it will do, in order, for the plan. */
  readonly lines: readonly string[];
  /** @throws KubeMagicError when it cannot be finished. */
  run(context: WorkContext): Promise<void>;
}

export interface WorkContext {
  readonly stop: Stop;
  /** A line of progress, for the user and the log. */
  readonly say: (line: string) => void;
}

export interface PhaseSpec {
  /** One of PHASE_NAMES in a deploy; day-2 actions name their own steps. */
  readonly name: string;
  /** Verb first, as shown while it runs. */
  readonly title: string;
  /** Phases that come first, when they run at all. */
  readonly needs: readonly string[];
  readonly tool: ToolName;
  /** In order, relative to the tool's tree; a step may belong to another tool. */
  readonly playbooks: readonly (string | PlaybookStep)[];
  /** Instead of playbooks. */
  readonly work?: Work;
  /** Passed with -e as JSON, so types survive. Never a secret: argv is public. */
  readonly extraVars: (model: ClusterModel) => ValueMap;
  readonly when: (model: ClusterModel) => Decision;
  /** Announced, but not part of every version: where its playbook is missing, a deploy skips it unless it is named. */
  readonly announced?: boolean;
  /** Checked before the phase changes anything. */
  readonly gatesBefore?: readonly GateName[];
  /** Checked when it has ended well. */
  readonly gatesAfter?: readonly GateName[];
  /** What the phase hands to later ones: files in build/<cluster>/outputs/, named as in outputs.ts. */
  readonly outputs?: (model: ClusterModel) => readonly OutputName[];
  /** What a reader of the plan should know about how it will be done, and why. */
  readonly notes?: (model: ClusterModel) => readonly string[];
  /** Playbooks that run first and without the limit, whenever a run is limited: they collect facts of hosts that templates of other hosts use. */
  readonly beforeLimited?: readonly string[];
  /** Hosts that the phase is limited to, unless the user gives a limit. */
  readonly limit?: string;
  /** Files and folders of the tool's tree that the phase reads although vendor.yml leaves them out. */
  readonly reads?: (model: ClusterModel) => readonly string[];
  /** Applies what build/<cluster>/manifests/ holds: it is written just before. */
  readonly appliesManifests?: boolean;
  /** Leaves an administrator's kubeconfig beside its inventory, which is fetched when it is done. */
  readonly leavesKubeconfig?: boolean;
}
