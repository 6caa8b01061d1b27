/** Groups of the tools that an import can lose, and why. */
import type { ToolName } from "../../core/model.ts";

/** Groups that the tool's playbooks use. We render some of them only when they have hosts. */
export const GROUPS_IN_USE: Readonly<Record<ToolName, readonly string[]>> = {
  kubespray: [
    "kube_control_plane",
    "kube_node",
    "etcd",
    "k8s_cluster",
    "calico_rr",
    "bastion",
    "no_floating",
  ],
  "ceph-ansible": [
    "mons",
    "mgrs",
    "osds",
    "mdss",
    "rgws",
    "nfss",
    "rbdmirrors",
    "clients",
    "iscsigws",
    "rgwloadbalancers",
    "monitoring",
  ],
  "openshift-ansible": [
    "masters",
    "nodes",
    "etcd",
    "lb",
    "nfs",
    "glusterfs",
    "glusterfs_registry",
    "new_nodes",
    "new_masters",
    "new_etcd",
  ],
  custom: [],
};

/** `<tool> <group>` → why our rendering puts no host into the group. */
export const LOST_GROUP_REASONS: Readonly<Record<string, string>> = {
  "ceph-ansible clients": "the first monitor is the only client: prep-hosts sets up Ceph's clients",
  "ceph-ansible monitoring": "the dashboard runs on the first monitor, and only with storage.ceph.dashboard",
  "openshift-ansible lb": "the load balancers are ours: prep-hosts sets up HAProxy and keepalived",
  "openshift-ansible new_nodes": "a host that joins is in nodes",
  "openshift-ansible new_masters": "a host that joins is in masters",
  "openshift-ansible new_etcd": "a host that joins is in etcd",
};
