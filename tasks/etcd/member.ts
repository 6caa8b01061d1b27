/** One member of etcd: its settings on disk, and what it answers. */
import type { Host } from "../core/model.ts";

export interface MemberSettings {
  /** Where they were read. */
  readonly file: string;
  /** `service`: kubespray's environment file of a systemd unit. `pod`: the manifest of a static pod, as kubeadm makes it. */
  readonly form: "service" | "pod";
  readonly name: string;
  readonly dataDir: string;
  /** Its own client address on the host itself. */
  readonly endpoint: string;
  readonly peerUrl: string;
  /** Bytes; etcd's own 2 GiB when nothing is set. */
  readonly quotaBytes: number;
  readonly tools: MemberTools;
}

export interface MemberTools {
  /** Absolute path; absent when the host has none. */
  readonly etcdctl?: string;
  /** Since etcd 3.5. */
  readonly etcdutl?: string;
}

/** `endpoint status` and `endpoint health`, asked on the member itself. Ids are decimal: they exceed 2^53. */
export interface MemberStatus {
  readonly id: string;
  readonly clusterId: string;
  readonly version: string;
  /** "0" when it has none. */
  readonly leader: string;
  readonly isLearner: boolean;
  readonly revision: number;
  readonly raftTerm: number;
  readonly raftIndex: number;
  readonly raftApplied: number;
  readonly dbBytes: number;
  readonly inUseBytes: number;
  /** The quota that it runs with; only etcd 3.6 reports it. */
  readonly quotaBytes?: number;
  /** Of the whole cluster, as this member reports them. */
  readonly alarms: readonly Alarm[];
  readonly healthy: boolean;
  /** Why it is not healthy, as etcd says it. */
  readonly complaint?: string;
  /** Of one linearizable read: a quorum has confirmed it. */
  readonly latencyMs?: number;
}

export interface Alarm {
  readonly member: string;
  /** NOSPACE or CORRUPT. */
  readonly kind: string;
}

/** One line of `member list`. */
export interface ListedMember {
  readonly id: string;
  readonly name: string;
  readonly peerUrls: readonly string[];
  readonly isLearner: boolean;
}

export type SilenceKind = "unreachable" | "absent" | "tools" | "certificate" | "stopped" | "silent";

export type MemberAnswer =
  | {
      readonly kind: "answers";
      readonly host: Host;
      readonly settings: MemberSettings;
      readonly status: MemberStatus;
      /** Absent without a quorum. */
      readonly listed?: readonly ListedMember[];
    }
  | {
      readonly kind: "silent";
      readonly host: Host;
      /** Absent when the host could not be asked. */
      readonly settings?: MemberSettings;
      readonly why: SilenceKind;
      readonly reason: string;
    };

export type AnsweringMember = Extract<MemberAnswer, { kind: "answers" }>;

export function answeringMembers(answers: readonly MemberAnswer[]): readonly AnsweringMember[] {
  return answers.filter((answer) => answer.kind === "answers");
}

export function leaderOf(members: readonly AnsweringMember[]): AnsweringMember | undefined {
  return members.find(({ status }) => status.id === status.leader);
}
