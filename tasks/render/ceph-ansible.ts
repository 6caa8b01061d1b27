/**
 * ceph-ansible's inventory (stable-8.0, stable-9.0). Only hosts of Ceph are in it: it gathers facts from all of `all`.
 * `yes_i_know`, which its playbooks insist on, belongs to the command line of the phase.
 */
import { isIpv6 } from "../core/ip.ts";
import { type CephStorage, type ClusterModel, hostsWith } from "../core/model.ts";
import type { ValueMap } from "../core/value.ts";
import { groupOf, type ToolInventory } from "./tool-inventory.ts";

/** Undefined when the cluster has no Ceph. */
export function cephInventory(model: ClusterModel): ToolInventory | undefined {
  const { ceph } = model;
  if (ceph === undefined) return undefined;
  const monitors = hostsWith(model, "ceph-mon");
  return {
    hosts: hostsWith(model, "ceph-mon", "ceph-mgr", "ceph-osd", "ceph-mds", "ceph-rgw"),
    hostVariables: ({ devices }) => (devices.length === 0 ? {} : { devices }),
    groups: {
      mons: groupOf(monitors),
      mgrs: groupOf(hostsWith(model, "ceph-mgr")),
      osds: groupOf(hostsWith(model, "ceph-osd")),
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
    ...(hostsWith(model, "ceph-rgw").length === 0 ? {} : { radosgw_address_block: publicNetwork }),
  };
}

/** Pools, and one key that may use the RBD pools and nothing else. Both, or upstream makes its test pools. */
function poolVariables({ pools }: CephStorage): ValueMap {
  const blockPools = pools.filter(({ application }) => application === "rbd");
  const caps = blockPools.map(({ name }) => `profile rbd pool=${name}`).join(", ");
  const key = { name: "client.kubernetes", caps: { mon: "profile rbd", osd: caps, mgr: caps }, mode: "0600" };
  return {
    user_config: pools.length > 0,
    // No pg_autoscale_mode: upstream's pool module turns it on, and its checks want a size ratio with an explicit "on".
    pools: pools.map(({ name, application }) => ({ name, application })),
    keys: blockPools.length === 0 ? [] : [key],
  };
}
