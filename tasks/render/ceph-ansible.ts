/**
 * ceph-ansible's inventory (stable-8.0, stable-9.0). It contains only the hosts of Ceph, because ceph-ansible gathers facts
 * from every host. The phase passes `yes_i_know`, which the playbooks require, on the command line.
 */
import { isIpv6 } from "../core/ip.ts";
import { type CephStorage, type ClusterModel, hostsWith } from "../core/model.ts";
import type { ValueMap } from "../core/value.ts";
import { blockCaps, blockPoolsOf, CEPH_USER } from "./ceph-user.ts";
import { groupOf, type ToolInventory } from "./tool-inventory.ts";

/** The inventory; undefined when the cluster has no Ceph. */
export function cephInventory(model: ClusterModel): ToolInventory | undefined {
  const { ceph } = model;
  if (ceph === undefined) return undefined;
  const monitors = hostsWith(model, "ceph-mon");
  // Our own playbook makes the OSDs of a lab later: ceph-ansible supports only block devices.
  const osdRole = ceph.osdBackend === "disks" ? (["ceph-osd"] as const) : [];
  return {
    hosts: hostsWith(model, "ceph-mon", "ceph-mgr", "ceph-mds", "ceph-rgw", ...osdRole),
    hostVariables: ({ devices, roles }) =>
      devices.length > 0 && osdRole.some((role) => roles.includes(role)) ? { devices } : {},
    groups: {
      mons: groupOf(monitors),
      mgrs: groupOf(hostsWith(model, "ceph-mgr")),
      osds: groupOf(hostsWith(model, ...osdRole)),
      mdss: groupOf(hostsWith(model, "ceph-mds")),
      rgws: groupOf(hostsWith(model, "ceph-rgw")),
      // The first client makes pools and keys. On a monitor, the admin key is there without a copy.
      clients: groupOf(monitors.slice(0, 1)),
      nfss: {},
      rbdmirrors: {},
      rgwloadbalancers: {},
      monitoring: groupOf(ceph.dashboard ? monitors.slice(0, 1) : []),
    },
    variables: { all: clusterVariables(model, ceph), clients: poolVariables(ceph) },
  };
}

function clusterVariables(model: ClusterModel, ceph: CephStorage): ValueMap {
  const publicNetwork = ceph.publicNetworks.join(",");
  return {
    ceph_origin: ceph.origin,
    ...(ceph.origin === "repository" ? { ceph_repository: "community" } : {}),
    ceph_stable_release: ceph.release,
    // A monitor listens on its host's first address in this network.
    public_network: publicNetwork,
    ...(ceph.clusterNetworks.length === 0 ? {} : { cluster_network: ceph.clusterNetworks.join(",") }),
    ip_version: ceph.publicNetworks.every(isIpv6) ? "ipv6" : "ipv4",
    dashboard_enabled: ceph.dashboard,
    // A lab's containers may not set the clock: a time service would stop, and be started again in every run.
    ...(ceph.osdBackend === "lab-file" ? { ntp_service_enabled: false } : {}),
    ...(hostsWith(model, "ceph-rgw").length === 0 ? {} : { radosgw_address_block: publicNetwork }),
    // Of reef's default modules, restful is deprecated and does not load on Debian 13, and nfs needs cephadm.
    ceph_mgr_modules: ["iostat"],
    ceph_conf_overrides: {
      ...(ceph.osdBackend === "lab-file" ? { global: labSettings(model) } : {}),
      // Only clients older than 2021 need it, and Ceph reports a warning while it is allowed.
      mon: { auth_allow_insecure_global_id_reclaim: false },
    },
  };
}

/** A lab may have less than three OSD hosts: as many copies as hosts, and no warning about a single copy. */
function labSettings(model: ClusterModel): ValueMap {
  const copies = Math.max(1, Math.min(hostsWith(model, "ceph-osd").length, 3));
  return {
    osd_pool_default_size: copies,
    osd_pool_default_min_size: 1,
    mon_allow_pool_size_one: true,
    mon_warn_on_pool_no_redundancy: false,
    // The disk of a lab is that of the controller, which holds other data too.
    mon_data_avail_warn: 5,
    osd_memory_target: 939524096,
  };
}

/** Pools, and one key for the RBD pools only. Both are always set, because upstream's defaults are test pools. */
function poolVariables(ceph: CephStorage): ValueMap {
  const { pools } = ceph;
  const blockPools = blockPoolsOf(ceph);
  const key = { name: `client.${CEPH_USER}`, caps: blockCaps(ceph), mode: "0600" };
  return {
    user_config: pools.length > 0,
    // No pg_autoscale_mode: upstream turns it on by default, but an explicit "on" requires a size ratio.
    pools: pools.map(({ name, application }) => ({ name, application })),
    keys: blockPools.length === 0 ? [] : [key],
  };
}
