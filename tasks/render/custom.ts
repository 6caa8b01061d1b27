/** The inventory of our own playbooks in custom/: every host, every role, canonical names. */
import { livesOnEdge } from "../core/edge.ts";
import { cidrContains, isIpv6, parseCidr } from "../core/ip.ts";
import { type CephStorage, type ClusterModel, type Host, hostsWith, type Role } from "../core/model.ts";
import type { ValueMap } from "../core/value.ts";
import { blockCaps, blockPoolsOf, CEPH_USER } from "./ceph-user.ts";
import { backupVariables } from "./custom/backup.ts";
import { clusterObjectVariables } from "./custom/cluster-objects.ts";
import { dnsVariables } from "./custom/dns.ts";
import { registryVariables } from "./custom/registry.ts";
import { routesVariables } from "./custom/routes.ts";
import { type Group, groupOf, type ToolInventory } from "./tool-inventory.ts";

/** Group → the roles of its hosts. Empty groups are rendered too, because playbooks name every group. */
const ROLES_OF_GROUP: Readonly<Record<string, readonly Role[]>> = {
  kube_control_plane: ["control-plane"],
  kube_node: ["worker", "infra"],
  etcd: ["etcd"],
  mons: ["ceph-mon"],
  mgrs: ["ceph-mgr"],
  osds: ["ceph-osd"],
  mdss: ["ceph-mds"],
  rgws: ["ceph-rgw"],
  infra: ["infra"],
  load_balancers: ["load-balancer"],
  nagios: ["nagios"],
  backup: ["backup"],
  dns: ["dns"],
  registry: ["registry"],
  bastion: ["bastion"],
};

/**
 * Group → its hosts, for services that are off until the central inventory has their section. A play without hosts takes no
 * time; a play that skips each task takes a second on eight hosts.
 */
const HOSTS_OF_SERVICE: Readonly<Record<string, (model: ClusterModel, host: Host) => boolean>> = {
  registry_clients: ({ registry }) => registry !== undefined,
  resolver_clients: ({ resolver }) => resolver !== undefined,
  backup_clients: ({ backup }) => backup !== undefined,
  backup_stores: ({ backup }, { name }) =>
    backup?.repository.kind === "sftp" && backup.repository.host === name,
  monitored: ({ monitoring }) => monitoring !== undefined,
};

/** The inventory; every cluster has one. */
export function customInventory(model: ClusterModel): ToolInventory {
  const groups: Record<string, Group> = {};
  for (const [group, roles] of Object.entries(ROLES_OF_GROUP)) {
    groups[group] = groupOf(hostsWith(model, ...roles));
  }
  // Ceph's commands run on a client: the first monitor, as in ceph-ansible's inventory.
  groups.clients = groupOf(hostsWith(model, "ceph-mon").slice(0, 1));
  for (const [group, isOneOf] of Object.entries(HOSTS_OF_SERVICE)) {
    groups[group] = groupOf(model.hosts.filter((host) => isOneOf(model, host)));
  }
  groups.k8s_cluster = { children: ["kube_control_plane", "kube_node"] };
  groups.ceph = { children: ["mons", "mgrs", "osds", "mdss", "rgws"] };
  return { hosts: model.hosts, hostVariables, groups, variables: { all: clusterVariables(model) } };
}

function hostVariables(host: Host): ValueMap {
  return {
    ip: host.ip,
    ...(host.ip6 === undefined ? {} : { ip6: host.ip6 }),
    kube_magic_roles: host.roles,
    ...(host.zone === undefined ? {} : { kube_magic_zone: host.zone }),
    ...(host.interface === undefined ? {} : { kube_magic_interface: host.interface }),
    ...(host.devices.length === 0 ? {} : { kube_magic_devices: host.devices }),
  };
}

function clusterVariables(model: ClusterModel): ValueMap {
  const { network, api, loadBalancer } = model;
  return {
    kube_magic_cluster: model.name,
    kube_magic_domain: model.domain,
    kube_magic_orchestrator: model.orchestrator,
    kube_magic_machine_networks: network.machines,
    kube_magic_pod_networks: network.pods,
    kube_magic_service_networks: network.services,
    kube_magic_dns_servers: network.dns.servers,
    kube_magic_dns_search: network.dns.search,
    kube_magic_ntp_servers: network.ntp,
    kube_magic_proxy:
      network.proxy === undefined
        ? {}
        : { http: network.proxy.http ?? "", https: network.proxy.https ?? "", no: network.proxy.no },
    kube_magic_api: {
      vip: api.vip ?? "",
      local: api.local === true,
      port: api.port,
      backend_port: api.backendPort,
      domain: api.domain,
      vrid: api.vrid,
    },
    kube_magic_api_backends: hostsWith(model, "control-plane").map(({ name, ip }) => ({ name, address: ip })),
    kube_magic_vips: virtualAddresses(model),
    kube_magic_load_balancer: {
      unicast: loadBalancer.unicast,
      stats_port: loadBalancer.statsPort,
      interface: loadBalancer.interface ?? "",
    },
    kube_magic_credentials_dir: "{{ inventory_dir }}/credentials",
    // Outputs of one phase for later ones, beside the inventories.
    kube_magic_outputs_dir: "{{ inventory_dir | dirname }}/outputs",
    ...clusterObjectVariables(model),
    kube_magic_ceph: model.ceph === undefined ? {} : cephVariables(model.ceph),
    ...dnsVariables(model),
    ...registryVariables(model),
    ...routesVariables(model),
    ...backupVariables(model),
  };
}

function cephVariables(ceph: CephStorage): ValueMap {
  return {
    osd_backend: ceph.osdBackend,
    origin: ceph.origin,
    release: ceph.release,
    pools: blockPoolsOf(ceph).map(({ name }) => name),
    user: CEPH_USER,
    caps: blockCaps(ceph),
  };
}

/** Every virtual address, with its owner while all load balancers work: each load balancer in turn. */
function virtualAddresses(model: ClusterModel): ValueMap[] {
  const { api, loadBalancer, network, edge } = model;
  const owners = hostsWith(model, "load-balancer");
  const addresses = [
    ...(api.vip === undefined ? [] : [{ name: "api", address: api.vip, vrid: api.vrid }]),
    ...loadBalancer.edgeVips.map((edge, index) => ({ name: `edge${index + 1}`, ...edge })),
  ];
  return addresses.map(({ name, address, vrid }, index) => ({
    name,
    address,
    prefix: prefixIn([...network.machines, ...(edge?.networks ?? [])], address),
    vrid,
    // This address is on another interface than keepalived's own traffic.
    ...(edge !== undefined && livesOnEdge(model, address) ? { interface: edge.interface } : {}),
    owner: owners[index % owners.length]?.name ?? "",
  }));
}

/** Prefix length of the network that contains the address; that of a single address when none does. */
function prefixIn(networks: readonly string[], address: string): number {
  const home = networks.map(parseCidr).find((cidr) => cidr !== undefined && cidrContains(cidr, address));
  return home?.prefix ?? (isIpv6(address) ? 128 : 32);
}
