/**
 * The validated cluster: the meaning of the central inventory, with all defaults, frozen.
 * `inventory/model/build-model.ts` builds it; everything else only reads it.
 */

import type { Backup } from "./model/backup.ts";
import type { Ldap } from "./model/ldap.ts";
import type { Monitoring } from "./model/monitoring.ts";
import type { Dns, Edge, Registry, Resolver, Routes } from "./model/services.ts";
import type { Role } from "./roles.ts";
import type { ValueMap } from "./value.ts";

export type { Ldap, LdapMapping, LdapSearch, SecretSource } from "./model/ldap.ts";
export { ROLES, type Role } from "./roles.ts";

/** The tools, in the order in which messages list them. */
export const TOOLS = ["kubespray", "ceph-ansible", "openshift-ansible", "custom"] as const;
/** Name of a tool. */
export type ToolName = (typeof TOOLS)[number];

/** What runs on the hosts; none: Ceph only. */
export type Orchestrator = "kubernetes" | "openshift" | "none";

/** How to log in to a host. Paths are absolute: `~` is expanded already. */
export interface SshAccess {
  readonly user: string;
  readonly port: number;
  readonly privateKeyFile?: string;
  /** File with the keys of the hosts; absent: the user's own known_hosts file. */
  readonly knownHostsFile?: string;
  /** `accept-new` accepts the key of an unknown host and refuses a changed key; `strict` accepts only known keys. */
  readonly hostKeys: "accept-new" | "strict";
}

/** A taint of a node. */
export interface Taint {
  readonly key: string;
  readonly value?: string;
  readonly effect: "NoSchedule" | "PreferNoSchedule" | "NoExecute";
}

/** A machine of the inventory. */
export interface Host {
  /** Lower-case DNS label(s); the same in every tool. */
  readonly name: string;
  /** Main address, inside one of network.machines; IPv6 only when the cluster has no IPv4. */
  readonly ip: string;
  /** Second address family, on dual-stack clusters. */
  readonly ip6?: string;
  /** Address the controller connects to, when it is not `ip`. */
  readonly address?: string;
  readonly ssh: SshAccess;
  readonly roles: readonly Role[];
  readonly zone?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly taints: readonly Taint[];
  /** Whole block devices for Ceph OSDs, such as /dev/vdb. */
  readonly devices: readonly string[];
  /** Interface that carries the virtual addresses on this host; overrides loadBalancer.interface. */
  readonly interface?: string;
}

/** Proxy to the internet. */
export interface Proxy {
  readonly http?: string;
  readonly https?: string;
  readonly no: readonly string[];
}

/** The section network. */
export interface Network {
  /** CIDRs; one per address family. */
  readonly machines: readonly string[];
  readonly pods: readonly string[];
  readonly services: readonly string[];
  readonly dns: { readonly servers: readonly string[]; readonly search: readonly string[] };
  readonly ntp: readonly string[];
  readonly proxy?: Proxy;
}

/** The address that clients use for the Kubernetes or OpenShift API. */
export interface ApiEndpoint {
  /** Virtual address that keepalived sets up; absent when `domain` is an external load balancer or a single host. */
  readonly vip?: string;
  /** No load balancer is in front of the control planes: each node has a local proxy to them. */
  readonly local?: true;
  readonly port: number;
  /** TCP port of kube-apiserver on each control plane. */
  readonly backendPort: number;
  readonly domain: string;
  /** VRRP router id, 1-255. */
  readonly vrid: number;
}

/** A virtual address for traffic into the cluster. */
export interface EdgeVip {
  readonly address: string;
  readonly vrid: number;
}

/** The section loadBalancer. */
export interface LoadBalancer {
  /** keepalived uses unicast between the load balancers instead of multicast. */
  readonly unicast: boolean;
  /** Interface for the virtual addresses; absent: the interface with the host's `ip`. */
  readonly interface?: string;
  /** HAProxy statistics page and Prometheus metrics, on each load balancer's own address. */
  readonly statsPort: number;
  /** Additional virtual addresses for traffic into the cluster, spread evenly over the load balancers. */
  readonly edgeVips: readonly EdgeVip[];
}

/** The section etcd. */
export interface Etcd {
  /** Database quota in bytes. */
  readonly quotaBytes: number;
  readonly dataDir: string;
  readonly deployment: "host" | "kubeadm";
  /** File with the settings of a member, when it is not in the usual place. */
  readonly settingsFile?: string;
  /** Folder on the members for a snapshot until it is fetched. */
  readonly snapshotFolder: string;
}

/** A pool of Ceph. */
export interface CephPool {
  readonly name: string;
  readonly application: "rbd" | "cephfs" | "rgw";
}

/** Where OSDs store their data: on whole disks, as ceph-ansible does, or in a file on a host of a lab. */
export type OsdBackend = "disks" | "lab-file";

/** A storage class on Ceph. */
export interface StorageClass {
  readonly name: string;
  /** Name of a pool in `pools`. */
  readonly pool: string;
  readonly isDefault: boolean;
  readonly reclaimPolicy: "Delete" | "Retain";
  /** Of rbd volumes. */
  readonly fsType: "ext4" | "xfs";
}

/** The section storage.ceph. */
export interface CephStorage {
  readonly osdBackend: OsdBackend;
  readonly origin: "distro" | "repository";
  readonly release: string;
  readonly publicNetworks: readonly string[];
  readonly clusterNetworks: readonly string[];
  readonly pools: readonly CephPool[];
  readonly storageClasses: readonly StorageClass[];
  readonly dashboard: boolean;
}

/** The section openshift. */
export interface OpenShift {
  readonly deploymentType: "origin" | "openshift-enterprise";
  /** Wildcard domain of the applications' routes. */
  readonly subdomain: string;
}

/** Pass-through variables in a tool's own names: group name → variables, plus per-host ones. */
export interface ToolVariables {
  readonly groups: Readonly<Record<string, ValueMap>>;
  readonly hosts: Readonly<Record<string, ValueMap>>;
}

/** The whole cluster. */
export interface ClusterModel {
  readonly name: string;
  readonly domain: string;
  readonly orchestrator: Orchestrator;
  readonly network: Network;
  readonly api: ApiEndpoint;
  readonly loadBalancer: LoadBalancer;
  readonly etcd: Etcd;
  /** Present when any host has a ceph role. */
  readonly ceph?: CephStorage;
  /** Present when orchestrator is openshift. */
  readonly openshift?: OpenShift;
  /** Services around the cluster, each present when its section is. */
  readonly dns?: Dns;
  readonly resolver?: Resolver;
  readonly registry?: Registry;
  readonly routes?: Routes;
  readonly edge?: Edge;
  /** Present when the section is written. */
  readonly ldap?: Ldap;
  /** Present when the section is declared. */
  readonly monitoring?: Monitoring;
  /** Present when the section is. */
  readonly backup?: Backup;
  /** Versions that the user pins, without a leading v; absent: the default of the tool. */
  readonly versions: { readonly kubernetes?: string; readonly ceph?: string; readonly openshift?: string };
  /** In the order of the inventory, with ranges expanded. The first control plane is set up first. */
  readonly hosts: readonly Host[];
  readonly tools: Readonly<Record<ToolName, ToolVariables>>;
}

/** The hosts that have one of the roles, in the order of the inventory. */
export function hostsWith(model: ClusterModel, ...roles: readonly Role[]): readonly Host[] {
  return model.hosts.filter((host) => roles.some((role) => host.roles.includes(role)));
}

/** The hosts that run a member of etcd. With etcd.deployment kubeadm, every control plane runs one. */
export function etcdHosts(model: ClusterModel): readonly Host[] {
  return hostsWith(model, model.etcd.deployment === "kubeadm" ? "control-plane" : "etcd");
}
