/**
 * ceph-ansible's inventory (stable-8.0, stable-9.0). Only hosts of Ceph are in it: it gathers facts from all of `all`.
 * `yes_i_know`, which its playbooks insist on, belongs to the command line of the phase.
 */

import type { FileSet } from "../core/file-set.ts";
import { isIpv6 } from "../core/ip.ts";
import { type CephStorage, type ClusterModel, type Host, hostsWith } from "../core/model.ts";
import type { ValueMap } from "../core/value.ts";
import { connectionsOf, shareConnection } from "./connection.ts";
import { inventoryFiles, NO_FILES } from "./inventory-files.ts";
import type { ToolInventory } from "./tool-inventory.ts";

export function renderCephAnsible(model: ClusterModel): FileSet {
  if (model.ceph === undefined) return NO_FILES;
  return inventoryFiles(model, "ceph-ansible", cephInventory(model, model.ceph));
}

function cephInventory(model: ClusterModel, ceph: CephStorage): ToolInventory {
  const members = hostsWith(model, "ceph-mon", "ceph-mgr", "ceph-osd", "ceph-mds", "ceph-rgw");
  const connection = connectionsOf(model);
  const hosts = new Map(members.map((host) => [host.name, { ...connection(host), ...hostVariables(host) }]));
  const names = (list: readonly Host[]) => ({ hosts: list.map((host) => host.name) });
  const monitors = hostsWith(model, "ceph-mon");
  return {
    ...shareConnection(hosts),
    groups: {
      mons: names(monitors),
      mgrs: names(hostsWith(model, "ceph-mgr")),
      osds: names(hostsWith(model, "ceph-osd")),
      mdss: names(hostsWith(model, "ceph-mds")),
      rgws: names(hostsWith(model, "ceph-rgw")),
      // Pools and keys are made by the first client, and only there is the admin key at hand without copying it.
      clients: names(monitors.slice(0, 1)),
      nfss: {},
      rbdmirrors: {},
      rgwloadbalancers: {},
      monitoring: names(ceph.dashboard ? monitors.slice(0, 1) : []),
    },
    variables: { all: clusterVariables(model, ceph), clients: poolVariables(ceph) },
  };
}

function hostVariables(host: Host): ValueMap {
  return host.devices.length === 0 ? {} : { devices: host.devices };
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
    pools: pools.map(({ name, application }) => ({ name, application, pg_autoscale_mode: "on" })),
    keys: blockPools.length === 0 ? [] : [key],
  };
}
