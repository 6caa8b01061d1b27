/** Variables that the tools no longer read, although many guides still name them. */
import type { ToolName } from "../../core/model.ts";

/** Tool → variable → what to write instead. */
export const REMOVED: Readonly<Partial<Record<ToolName, Readonly<Record<string, string>>>>> = {
  kubespray: {
    containerd_insecure_registries: "containerd_registries_mirrors, with an http:// server and mirror host",
    containerd_registries: "containerd_registries_mirrors",
    dashboard_enabled: "an addon: kubespray v2.31 no longer installs the dashboard",
    ingress_nginx_enabled: "an addon: kubespray v2.31 no longer installs ingress-nginx",
    cephfs_provisioner_enabled: "storage: ceph-csi replaces it",
    rbd_provisioner_enabled: "storage: ceph-csi replaces it",
    krew_enabled: "nothing: kubespray no longer installs krew since v2.28",
    weave_enabled: "kube_network_plugin: calico or cilium",
    kubelet_static_pod_path: "nothing: the path cannot be changed since v2.31",
  },
  "ceph-ansible": {
    monitor_interface: "public_network: a monitor listens on the host's address in it",
    monitor_address: "public_network: a monitor listens on the host's address in it",
    monitor_address_block: "public_network",
    radosgw_interface: "radosgw_address or radosgw_address_block",
    osd_scenario: "devices, lvm_volumes or osd_auto_discovery: lvm is the only scenario",
    osd_objectstore: "nothing: bluestore is the only object store",
    openstack_config: "pools and keys, with user_config: true",
    ceph_mds_pool_pg_num: "cephfs_pools",
  },
};
