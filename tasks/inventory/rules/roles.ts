/** Rules about roles that need other roles, and roles without an effect. */
import { type Host, hostsWith, type Role } from "../../core/model.ts";
import type { Finding, Rule } from "./rule-type.ts";

const KUBERNETES_ROLES: readonly Role[] = ["control-plane", "etcd", "worker", "infra"];

const atRoles = (host: Host, message: string, remedy: string): Finding => ({
  path: ["hosts", host.name, "roles"],
  message,
  remedy,
});
const names = (hosts: readonly Host[]): string => {
  const shown = hosts.slice(0, 3).map(({ name }) => name);
  return hosts.length > 3 ? `${shown.join(", ")} and ${hosts.length - 3} more` : shown.join(", ");
};

export const noHosts: Rule = {
  code: "KM124",
  severity: "error",
  title: "No hosts",
  rationale: "A cluster without machines cannot be deployed.",
  *check(model) {
    if (model.hosts.length === 0) {
      yield {
        path: ["hosts"],
        message: "there are no hosts",
        remedy:
          "add them to the section hosts, for example control1: { ip: …, roles: [control-plane, etcd] }",
      };
    }
  },
};

export const noControlPlane: Rule = {
  code: "KM125",
  severity: "error",
  title: "No control plane",
  rationale: "Kubernetes and OpenShift need at least one host with the role control-plane.",
  *check(model) {
    if (model.orchestrator === "none" || model.hosts.length === 0) return;
    if (hostsWith(model, "control-plane").length > 0) return;
    const message = `the orchestrator is ${model.orchestrator}, but no host has the role control-plane`;
    const remedy =
      "give the role control-plane to one or three hosts, or set orchestrator: none for Ceph only";
    yield { path: ["orchestrator"], message, remedy };
  },
};

export const noEtcd: Rule = {
  code: "KM126",
  severity: "error",
  title: "Control planes without etcd",
  rationale:
    "The control plane stores everything in etcd. Only with etcd.deployment: kubeadm is it part of the control plane.",
  *check(model) {
    const [first] = hostsWith(model, "control-plane");
    if (first === undefined || model.orchestrator === "none") return;
    if (model.etcd.deployment === "kubeadm" && model.orchestrator === "kubernetes") return;
    if (hostsWith(model, "etcd").length > 0) return;
    yield atRoles(first, "no host has the role etcd", "add etcd to the roles of the control planes");
  },
};

export const etcdOutsideControlPlane: Rule = {
  code: "KM127",
  severity: "error",
  title: "etcd of kubeadm outside the control plane",
  rationale: "With etcd.deployment: kubeadm, etcd runs as pods, and only on the control planes.",
  *check(model) {
    if (model.etcd.deployment !== "kubeadm") return;
    for (const host of hostsWith(model, "etcd")) {
      if (host.roles.includes("control-plane")) continue;
      const message = `${host.name} has the role etcd, but kubeadm runs etcd only on the control planes`;
      yield atRoles(host, message, "remove the role etcd, or set etcd.deployment: host");
    }
  },
};

export const unusedKubernetesRoles: Rule = {
  code: "KM128",
  severity: "warning",
  title: "Kubernetes roles without an orchestrator",
  rationale: "With orchestrator: none, nothing is installed on control planes, etcd members and nodes.",
  *check(model) {
    if (model.orchestrator !== "none") return;
    const hosts = hostsWith(model, ...KUBERNETES_ROLES);
    if (hosts.length === 0) return;
    const message = `the orchestrator is none, so the Kubernetes roles of ${names(hosts)} have no effect`;
    yield { path: ["orchestrator"], message, remedy: "set orchestrator: kubernetes, or remove the roles" };
  },
};

export const noNodes: Rule = {
  code: "KM129",
  severity: "warning",
  title: "No worker and no infra node",
  rationale: "Control planes accept no ordinary pods, so no pod could be scheduled.",
  *check(model) {
    const [first] = hostsWith(model, "control-plane");
    if (first === undefined || model.orchestrator === "none") return;
    if (hostsWith(model, "worker", "infra").length > 0) return;
    const message = "no host has the role worker or infra: ordinary pods cannot run";
    yield atRoles(first, message, "give the role worker to some hosts; a control plane may have it too");
  },
};

export const noInfraForOpenShift: Rule = {
  code: "KM130",
  severity: "warning",
  title: "OpenShift without infra nodes",
  rationale: "OpenShift's router and registry run only on infra nodes: without one, no route works.",
  *check(model) {
    if (model.orchestrator !== "openshift" || hostsWith(model, "infra").length > 0) return;
    const message = "no host has the role infra: OpenShift's router and registry cannot run";
    yield { path: ["hosts"], message, remedy: "give the role infra to some hosts" };
  },
};

export const hostWithoutRole: Rule = {
  code: "KM131",
  severity: "warning",
  title: "A host without a role",
  rationale: "Nothing is installed on the host. Most often a role was forgotten.",
  *check(model) {
    for (const host of model.hosts) {
      if (host.roles.length > 0) continue;
      const path = ["hosts", host.name];
      yield { path, message: `${host.name} has no role`, remedy: "give it roles, or remove the host" };
    }
  },
};

export const bastionName: Rule = {
  code: "KM132",
  severity: "error",
  title: "The bastion has the wrong name",
  rationale:
    "kubespray finds the bastion by its name: the host must have the name bastion, and there can be only one.",
  *check(model) {
    if (model.orchestrator !== "kubernetes") return;
    for (const host of hostsWith(model, "bastion")) {
      if (host.name === "bastion") continue;
      const message = `${host.name} has the role bastion, but kubespray finds only a host with the name bastion`;
      yield { path: ["hosts", host.name], at: "key", message, remedy: "rename the host to bastion" };
    }
  },
};
