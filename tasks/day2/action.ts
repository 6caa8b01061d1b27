/** A day-2 action as data, like a phase: what may stop it, what it runs, how it is confirmed. */
import type { ClusterModel, ToolName } from "../core/model.ts";
import type { ValueMap } from "../core/value.ts";
import type { GateName } from "../phases/spec.ts";

/** What the user asked for, and what is known of the world. Guards and steps are pure functions of it. */
export interface Request {
  readonly model: ClusterModel;
  /** Hosts, or OSD numbers, in the order given, without repeats. */
  readonly names: readonly string[];
  readonly options: Readonly<Record<string, string>>;
  readonly flags: ReadonlySet<string>;
  /** Host → Kubernetes version that runs there, without a v; only for actions that ask. */
  readonly installed: Readonly<Record<string, string>>;
  /** Kubernetes versions that the vendored kubespray installs. */
  readonly installable: readonly string[];
  /** Version of the action's tool in vendor/, such as v2.31.0. */
  readonly toolVersion?: string;
}

export interface Step {
  /** File-safe; unique in the action. */
  readonly name: string;
  readonly title: string;
  /** Absent: the action's own tool. */
  readonly tool?: ToolName;
  readonly playbook: string;
  readonly extraVars: ValueMap;
  readonly limit?: string;
  /** What must hold before it changes anything. */
  readonly gatesBefore?: readonly GateName[];
  /** Only these tasks. */
  readonly tags?: string;
}

export interface Refusal {
  /** `input`: asked for something that is not there (exit 2); `gate`: it would do harm (exit 3). */
  readonly kind: "input" | "gate";
  readonly message: string;
  readonly remedy: string;
}

/** Says no, or nothing. */
export type Guard = (request: Request) => Refusal | undefined;

export interface Action {
  readonly name: string;
  /** Verb first. */
  readonly title: string;
  readonly tool: ToolName;
  /** `name`: what is lost cannot be had again, so the cluster's name has to be typed. */
  readonly confirm: "question" | "name";
  /** Asks the hosts for the Kubernetes version that they run. */
  readonly asksVersions?: boolean;
  /** First refusal wins. */
  readonly guards: readonly Guard[];
  readonly steps: (request: Request) => readonly Step[];
  /** What to know before saying yes. */
  readonly notes?: (request: Request) => readonly string[];
  /** What is left to do by hand, said at the end. */
  readonly afterwards?: (request: Request) => readonly string[];
  /** Groups that exist only for this action, by role of the inventory: kubespray's broken hosts. */
  readonly broken?: (request: Request) => readonly string[];
}
