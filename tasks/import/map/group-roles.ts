/** The groups of the tools, current and older names, and the roles that they mean. */
import type { Role, ToolName } from "../../core/model.ts";

/** Older name → the name that the tool uses now. */
const CURRENT_NAMES: Readonly<Record<ToolName, Readonly<Record<string, string>>>> = {
  kubespray: {
    "kube-master": "kube_control_plane",
    kube_master: "kube_control_plane",
    "kube-control-plane": "kube_control_plane",
    "kube-node": "kube_node",
    "k8s-cluster": "k8s_cluster",
    "calico-rr": "calico_rr",
    "no-floating": "no_floating",
  },
  "ceph-ansible": { "grafana-server": "monitoring", grafana_server: "monitoring" },
  "openshift-ansible": { new_nodes: "new_nodes" },
  custom: {
    "kube-master": "kube_control_plane",
    kube_master: "kube_control_plane",
    masters: "kube_control_plane",
    "kube-node": "kube_node",
    nodes: "kube_node",
    "k8s-cluster": "k8s_cluster",
    lb: "load_balancers",
    lbs: "load_balancers",
    loadbalancer: "load_balancers",
    loadbalancers: "load_balancers",
    "load-balancers": "load_balancers",
    haproxy: "load_balancers",
    keepalived: "load_balancers",
    backups: "backup",
    bind: "dns",
    named: "dns",
    nagios_server: "nagios",
    monitoring: "nagios",
    registries: "registry",
  },
};

const CEPH: Readonly<Record<string, Role>> = {
  mons: "ceph-mon",
  mgrs: "ceph-mgr",
  osds: "ceph-osd",
  mdss: "ceph-mds",
  rgws: "ceph-rgw",
};

/** Group → role of its hosts. Nodes of OpenShift have their roles from their node group. */
const ROLES: Readonly<Record<ToolName, Readonly<Record<string, Role>>>> = {
  kubespray: { kube_control_plane: "control-plane", etcd: "etcd", kube_node: "worker", bastion: "bastion" },
  "ceph-ansible": CEPH,
  "openshift-ansible": {
    masters: "control-plane",
    new_masters: "control-plane",
    etcd: "etcd",
    new_etcd: "etcd",
    lb: "load-balancer",
  },
  custom: {
    ...CEPH,
    kube_control_plane: "control-plane",
    etcd: "etcd",
    kube_node: "worker",
    infra: "infra",
    load_balancers: "load-balancer",
    nagios: "nagios",
    backup: "backup",
    dns: "dns",
    registry: "registry",
    bastion: "bastion",
  },
};

/** The name that our rendering uses for a group. */
export function currentGroupName(tool: ToolName, group: string): string {
  return CURRENT_NAMES[tool][group] ?? group;
}

/** The role of a group's hosts; undefined when the group means no role. */
export function roleOfGroup(tool: ToolName, group: string): Role | undefined {
  return ROLES[tool][currentGroupName(tool, group)];
}
