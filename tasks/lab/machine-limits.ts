/** What this machine cannot give to Kubernetes on its lab hosts, and the settings of kubespray that live with it. */
import { existsSync, readFileSync } from "node:fs";
import type { Value } from "../core/value.ts";

/** Facts of a machine. Lab hosts share its kernel and its limits. */
export interface MachineFacts {
  /** The kernel can load modules. */
  readonly modules: boolean;
  /** Controllers of control groups version 1 are mounted, beside version 2 or alone. */
  readonly controlGroupsV1: boolean;
  /** Processes may raise their limits and lower their out-of-memory score (CAP_SYS_RESOURCE). */
  readonly raisesLimits: boolean;
  /** Most open files of a process. */
  readonly openFiles: number;
}

/** One setting, and why the lab needs it. */
export interface LabSetting {
  readonly name: string;
  readonly value: Value;
  readonly reason: string;
}

const CAP_SYS_RESOURCE = 24n;
/** containerd's own default for its containers. */
const USUAL_OPEN_FILES = 65_535;

/** Reads this machine's facts. */
export function machineFacts(): MachineFacts {
  const status = readFileSync("/proc/self/status", "utf8");
  const bounding = BigInt(`0x${/^CapBnd:\s*([0-9a-f]+)$/m.exec(status)?.[1] ?? "0"}`);
  const limits = readFileSync("/proc/self/limits", "utf8");
  const openFiles = Number(/^Max open files\s+\S+\s+(\d+)/m.exec(limits)?.[1] ?? USUAL_OPEN_FILES);
  return {
    modules: existsSync("/proc/modules"),
    controlGroupsV1: readFileSync("/proc/self/cgroup", "utf8")
      .split("\n")
      .some((line) => /^\d+:[a-z_,]+:/.test(line)),
    raisesLimits: ((bounding >> CAP_SYS_RESOURCE) & 1n) === 1n,
    openFiles,
  };
}

/** Settings of kubespray, group `all`, for Kubernetes on hosts of such a machine. Pure. */
export function kubesprayLimits(facts: MachineFacts): readonly LabSetting[] {
  return [
    ...(facts.modules
      ? []
      : [
          {
            name: "enable_nodelocaldns",
            value: false,
            reason: "this machine's kernel loads no modules, and the node-local DNS cache asks for one",
          },
        ]),
    ...(facts.controlGroupsV1
      ? [
          {
            name: "kubelet_cgroup_driver",
            value: "cgroupfs",
            reason:
              "this machine has control groups of version 1, which systemd in a lab host does not manage",
          },
          {
            name: "containerd_use_systemd_cgroup",
            value: false,
            reason: "the same driver as the kubelet's",
          },
        ]
      : []),
    ...(facts.raisesLimits
      ? []
      : [
          {
            name: "containerd_extra_runtime_args",
            value: { restrict_oom_score_adj: true },
            reason: "this machine has no CAP_SYS_RESOURCE: no container may lower its out-of-memory score",
          },
        ]),
    ...(facts.openFiles >= USUAL_OPEN_FILES
      ? []
      : [
          {
            name: "containerd_base_runtime_spec_rlimit_nofile",
            value: facts.openFiles,
            reason: "this machine's limit of open files",
          },
        ]),
    {
      name: "kube_proxy_mode",
      value: "iptables",
      reason: "works on every kernel; IPVS and nftables need parts that a lab machine may lack",
    },
    {
      name: "kube_proxy_conntrack_max_per_core",
      value: 0,
      reason: "the table of connections belongs to the machine: a lab host cannot resize it",
    },
    { name: "kube_proxy_conntrack_min", value: 0, reason: "as above" },
  ];
}

/** What Kubernetes cannot do on such a machine at all, one sentence each. */
export function kubernetesObstacles(facts: MachineFacts): readonly string[] {
  return facts.controlGroupsV1
    ? [
        "Kubernetes 1.35 and newer does not start here: this machine has control groups of version 1. Set versions.kubernetes to 1.34.x.",
      ]
    : [];
}
