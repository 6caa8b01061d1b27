/** Day-2 actions on Kubernetes, all of them kubespray's own playbooks. */
import type { Action, Request, Step } from "./action.ts";
import {
  areKubernetesHosts,
  comesLast,
  hostsHaveRole,
  isKubernetes,
  isNotFirst,
  keepsControlPlane,
  keepsQuorum,
  members,
  someNames,
  someSurvive,
} from "./guards.ts";
import { newestOf, upgradePath } from "./upgrade-path.ts";

const limited = (names: readonly string[]): { readonly limit?: string } =>
  names.length === 0 ? {} : { limit: names.join(",") };

function pathOf({ model, options, installed, installable, toolVersion = "" }: Request) {
  const to = options.to ?? model.versions.kubernetes ?? newestOf(installable) ?? "";
  const now = options.from === undefined ? Object.values(installed) : [options.from];
  return upgradePath(now.map(bare), bare(to), installable, toolVersion);
}

/** A leading v is a habit, not a mistake. */
function bare(version: string): string {
  return version.replace(/^v/, "");
}

const isCentral = ({ model, names }: Request): boolean =>
  [...members(model, "control-plane"), ...members(model, "etcd")].some(({ name }) => names.includes(name));

export const UPGRADE_KUBERNETES: Action = {
  name: "kube:upgrade",
  title: "Upgrade Kubernetes",
  tool: "kubespray",
  confirm: "question",
  asksVersions: true,
  guards: [
    isKubernetes,
    (request) => {
      const path = pathOf(request);
      return "refusal" in path ? path.refusal : undefined;
    },
  ],
  steps: (request) => {
    const path = pathOf(request);
    if ("refusal" in path) return [];
    const { options, flags } = request;
    return path.hops.map((version) => ({
      name: `kube-upgrade-${version}`,
      title: `Upgrade Kubernetes to ${version}`,
      playbook: "upgrade-cluster.yml",
      extraVars: {
        kube_version: version,
        // kubespray would stop at its own question.
        upgrade_node_confirm: false,
        ...(options.serial === undefined ? {} : { serial: options.serial }),
        ...(options["drain-timeout"] === undefined ? {} : { drain_timeout: `${options["drain-timeout"]}s` }),
        ...(options.pause === undefined ? {} : { upgrade_node_pause_seconds: Number(options.pause) }),
        ...(flags.has("no-drain") ? { drain_nodes: false } : {}),
      },
    }));
  },
  notes: (request) => {
    const path = pathOf(request);
    return "refusal" in path
      ? []
      : [`from ${path.from} to ${path.to} in ${path.hops.length} step(s): ${path.hops.join(", ")}`];
  },
  afterwards: (request) => {
    const path = pathOf(request);
    if ("refusal" in path || request.model.versions.kubernetes === path.to) return [];
    return [
      `set versions.kubernetes: ${path.to} in the inventory, or the next deploy:kube would want another version`,
    ];
  },
};

export const ADD_WORKERS: Action = {
  name: "kube:scale",
  title: "Add workers",
  tool: "kubespray",
  confirm: "question",
  guards: [isKubernetes, hostsHaveRole("worker", "infra")],
  steps: ({ names }) => [
    { name: "kube-scale", title: "Add workers", playbook: "scale.yml", extraVars: {}, ...limited(names) },
  ],
};

export const ADD_NODES: Action = {
  name: "node:add",
  title: "Add hosts to the cluster",
  tool: "kubespray",
  confirm: "question",
  guards: [isKubernetes, someNames("host"), areKubernetesHosts, comesLast],
  steps: (request) => {
    const { names } = request;
    const central = isCentral(request);
    const prepare: Step = {
      name: "prep-hosts",
      title: "Prepare hosts and load balancers",
      tool: "custom",
      playbook: "playbooks/prep-hosts.yml",
      extraVars: {},
      // A new control plane is a new backend of every load balancer.
      ...(central ? {} : limited(names)),
    };
    const join: Step = central
      ? {
          name: "node-add",
          title: "Join control planes and etcd members",
          playbook: "cluster.yml",
          extraVars: {},
          limit: ["etcd", "kube_control_plane", ...names].join(","),
        }
      : { name: "node-add", title: "Join workers", playbook: "scale.yml", extraVars: {}, ...limited(names) };
    return [prepare, join];
  },
};

export const REMOVE_NODES: Action = {
  name: "node:remove",
  title: "Remove hosts from the cluster",
  tool: "kubespray",
  confirm: "question",
  guards: [isKubernetes, someNames("host"), areKubernetesHosts, keepsControlPlane, keepsQuorum, isNotFirst],
  steps: ({ names, flags }) => [
    {
      name: "node-remove",
      title: `Remove ${names.join(", ")}`,
      playbook: "remove-node.yml",
      extraVars: {
        node: names.join(","),
        skip_confirmation: true,
        ...(flags.has("dead") ? { reset_nodes: false, allow_ungraceful_removal: true } : {}),
      },
    },
  ],
  notes: ({ model, names }) => {
    const left = members(model, "etcd").filter(({ name }) => !names.includes(name)).length;
    const leaving = members(model, "etcd").length - left;
    return leaving > 0 && left % 2 === 0
      ? [
          `${left} etcd members are left: the next failure stops the cluster. Bring a replacement right away: npm run node:add`,
        ]
      : [];
  },
  afterwards: ({ names }) => [
    `take ${names.join(", ")} out of the inventory, or the next deploy:kube brings them back`,
  ],
};

export const RECOVER_CONTROL_PLANE: Action = {
  name: "kube:recover",
  title: "Recover control planes and etcd",
  tool: "kubespray",
  confirm: "question",
  guards: [isKubernetes, someNames("host"), hostsHaveRole("control-plane", "etcd"), someSurvive],
  broken: ({ names }) => names,
  steps: ({ options }) => [
    {
      name: "kube-recover",
      title: "Recover control planes and etcd",
      playbook: "recover-control-plane.yml",
      extraVars: {
        etcd_retries: Number(options.retries ?? 10),
        ...(options.snapshot === undefined ? {} : { etcd_snapshot: options.snapshot }),
      },
      limit: "etcd,kube_control_plane",
    },
  ],
};

export const RESET_KUBERNETES: Action = {
  name: "kube:reset",
  title: "Remove Kubernetes from every host",
  tool: "kubespray",
  confirm: "name",
  guards: [isKubernetes],
  steps: () => [
    {
      name: "kube-reset",
      title: "Remove Kubernetes",
      playbook: "reset.yml",
      // Of the two only this one is read where it decides.
      extraVars: { reset_confirmation: "yes", skip_confirmation: true },
    },
  ],
  notes: () => ["etcd and all containers are deleted on every host of Kubernetes; there is no way back"],
};
