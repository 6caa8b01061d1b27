/** Variables that the tools no longer read, though many guides still name them. */
import type { ToolName } from "../../core/model.ts";

/** Name → what to write instead. */
export const REMOVED: Readonly<Partial<Record<ToolName, Readonly<Record<string, string>>>>> = {
  kubespray: {
    containerd_insecure_registries: "containerd_registries_mirrors, with an http:// server and mirror host",
    containerd_registries: "containerd_registries_mirrors",
    dashboard_enabled: "an addon of your own: kubespray v2.31 no longer installs the dashboard",
    ingress_nginx_enabled: "an addon of your own: kubespray v2.31 no longer installs ingress-nginx",
    cephfs_provisioner_enabled: "storage: ceph-csi replaces it",
    rbd_provisioner_enabled: "storage: ceph-csi replaces it",
    krew_enabled: "nothing: krew is installed by hand since v2.28",
    weave_enabled: "kube_network_plugin: calico or cilium",
    kubelet_static_pod_path: "nothing: it is fixed since v2.31",
  },
  "ceph-ansible": {
    monitor_interface: "public_network: a monitor listens on the host's address in it",
    monitor_address: "public_network: a monitor listens on the host's address in it",
    monitor_address_block: "public_network",
    radosgw_interface: "radosgw_address or radosgw_address_block",
    osd_scenario: "devices, lvm_volumes or osd_auto_discovery: there is only lvm",
    osd_objectstore: "nothing: bluestore is the only one",
    openstack_config: "pools and keys, with user_config: true",
    ceph_mds_pool_pg_num: "cephfs_pools",
  },
};
