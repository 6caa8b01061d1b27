/** run.json: the state of one run, rewritten as a whole at every step, so that it is never half-written. */
import type { PhaseStatus } from "../core/events.ts";

export const RUN_RECORD_VERSION = 1;

export interface PhaseRecord {
  readonly name: string;
  /** `running` in the record of a dead process means that the process was killed. */
  readonly status: PhaseStatus | "running";
  /** ISO 8601. */
  readonly started: string;
  readonly seconds?: number;
  /** Inputs of the phase, hashed; --resume compares it. */
  readonly fingerprint?: string;
  /** Relative to the run's folder. */
  readonly log?: string;
  /** Limited to some hosts, tags or variables: such a phase does not count for those that need it. */
  readonly partial?: boolean;
  readonly reason?: string;
  /** What a gate stopped the phase for, as codes such as OSD_DOWN. */
  readonly refusedFor?: readonly string[];
}

export interface RunRecord {
  readonly version: typeof RUN_RECORD_VERSION;
  readonly id: string;
  readonly cluster: string;
  /** As typed, without secrets: `deploy prep-hosts --limit lb1`. */
  readonly command: string;
  readonly user: string;
  readonly started: string;
  readonly ended?: string;
  readonly status: PhaseStatus | "running";
  readonly phases: readonly PhaseRecord[];
}
