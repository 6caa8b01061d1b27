/**
 * ceph-ansible's inventory (stable-8.0, stable-9.0). Only hosts of Ceph are in it: it gathers facts from all of `all`.
 * `yes_i_know`, which its playbooks insist on, belongs to the command line of the phase.
 */
import { isIpv6 } from "../core/ip.ts";
import { type CephStorage, type ClusterModel, hostsWith } from "../core/model.ts";
import type { ValueMap } from "../core/value.ts";
import { blockCaps, blockPoolsOf, CEPH_USER } from "./ceph-user.ts";
import { groupOf, type ToolInventory } from "./tool-inventory.ts";

/** Undefined when the cluster has no Ceph. */
export function cephInventory(model: ClusterModel): ToolInventory | undefined {
  const { ceph } = model;
  if (ceph === undefined) return undefined;
  const monitors = hostsWith(model, "ceph-mon");
  // A lab's OSDs are made by our own playbook, afterwards: ceph-ansible only knows block devices.
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
      // Pools and keys are made by the first client, and only there is the admin key at hand without copying it.
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
    // A monitor's address is its host's first one in here.
    public_network: publicNetwork,
    ...(ceph.clusterNetworks.length === 0 ? {} : { cluster_network: ceph.clusterNetworks.join(",") }),
    ip_version: ceph.publicNetworks.every(isIpv6) ? "ipv6" : "ipv4",
    dashboard_enabled: ceph.dashboard,
    // A container may not set the clock, so a time service there is started, and ends, in every run.
    ...(ceph.osdBackend === "lab-file" ? { ntp_service_enabled: false } : {}),
    ...(hostsWith(model, "ceph-rgw").length === 0 ? {} : { radosgw_address_block: publicNetwork }),
    // Of reef's own choice, restful is deprecated and does not load on Debian 13, and nfs is of no use without cephadm.
    ceph_mgr_modules: ["iostat"],
    ceph_conf_overrides: {
      ...(ceph.osdBackend === "lab-file" ? { global: labSettings(model) } : {}),
      // Only clients older than 2021 need it, and Ceph warns for as long as it is allowed.
      mon: { auth_allow_insecure_global_id_reclaim: false },
    },
  };
}

/** A lab has fewer OSD hosts than copies wanted: as many copies as hosts, and no warning about a single one. */
function labSettings(model: ClusterModel): ValueMap {
  const copies = Math.max(1, Math.min(hostsWith(model, "ceph-osd").length, 3));
  return {
    osd_pool_default_size: copies,
    osd_pool_default_min_size: 1,
    mon_allow_pool_size_one: true,
    mon_warn_on_pool_no_redundancy: false,
    // Its disk is this machine's, used for other things too.
    mon_data_avail_warn: 5,
    osd_memory_target: 939524096,
  };
}

/** Pools, and one key that may use the RBD pools and nothing else. Both, or upstream makes its test pools. */
function poolVariables(ceph: CephStorage): ValueMap {
  const { pools } = ceph;
  const blockPools = blockPoolsOf(ceph);
  const key = { name: `client.${CEPH_USER}`, caps: blockCaps(ceph), mode: "0600" };
  return {
    user_config: pools.length > 0,
    // No pg_autoscale_mode: upstream's pool module turns it on, and its checks want a size ratio with an explicit "on".
    pools: pools.map(({ name, application }) => ({ name, application })),
    keys: blockPools.length === 0 ? [] : [key],
  };
}
