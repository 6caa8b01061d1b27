/**
 * The validated cluster: what the central inventory means, free of YAML, defaults filled in, frozen.
 * `inventory/model/build-model.ts` makes it, everything else only reads it.
 */

import type { Backup } from "./model/backup.ts";
import type { Monitoring } from "./model/monitoring.ts";
import type { Dns, Edge, Registry, Resolver, Routes } from "./model/services.ts";
import type { Role } from "./roles.ts";
import type { ValueMap } from "./value.ts";

export { ROLES, type Role } from "./roles.ts";

export const TOOLS = ["kubespray", "ceph-ansible", "openshift-ansible", "custom"] as const;
export type ToolName = (typeof TOOLS)[number];

export type Orchestrator = "kubernetes" | "openshift" | "none";

/** How a host is reached over SSH. Paths are absolute: `~` is already expanded. */
export interface SshAccess {
  readonly user: string;
  readonly port: number;
  readonly privateKeyFile?: string;
  /** Own known_hosts file; without it the user's own is used. */
  readonly knownHostsFile?: string;
  /** `accept-new` trusts a host key on first sight and never a changed one; `strict` never learns. */
  readonly hostKeys: "accept-new" | "strict";
}

export interface Taint {
  readonly key: string;
  readonly value?: string;
  readonly effect: "NoSchedule" | "PreferNoSchedule" | "NoExecute";
}

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

export interface Proxy {
  readonly http?: string;
  readonly https?: string;
  readonly no: readonly string[];
}

export interface Network {
  /** CIDRs; one per address family. */
  readonly machines: readonly string[];
  readonly pods: readonly string[];
  readonly services: readonly string[];
  readonly dns: { readonly servers: readonly string[]; readonly search: readonly string[] };
  readonly ntp: readonly string[];
  readonly proxy?: Proxy;
}

/** The one address that clients use for the Kubernetes or OpenShift API. */
export interface ApiEndpoint {
  /** Virtual address held by keepalived; absent when an outside load balancer or a single host owns `domain`. */
  readonly vip?: string;
  /** Nobody stands in front of the control planes: each node finds them by itself. */
  readonly local?: true;
  readonly port: number;
  /** TCP port of kube-apiserver on each control plane. */
  readonly backendPort: number;
  readonly domain: string;
  /** VRRP router id, 1-255. */
  readonly vrid: number;
}

export interface EdgeVip {
  readonly address: string;
  readonly vrid: number;
}

export interface LoadBalancer {
  /** keepalived speaks unicast between the load balancers instead of multicast. */
  readonly unicast: boolean;
  /** Interface that carries the VIPs; absent: the one that holds the host's `ip`. */
  readonly interface?: string;
  /** HAProxy statistics page and Prometheus metrics, on each load balancer's own address. */
  readonly statsPort: number;
  /** Additional virtual addresses for traffic into the cluster, spread evenly over the load balancers. */
  readonly edgeVips: readonly EdgeVip[];
}

export interface Etcd {
  /** Database quota in bytes. */
  readonly quotaBytes: number;
  readonly dataDir: string;
  readonly deployment: "host" | "kubeadm";
  /** Where the members keep their settings, when it is none of the usual places. */
  readonly settingsFile?: string;
  /** Folder on the members where a snapshot is made before it is fetched. */
  readonly snapshotFolder: string;
}

export interface CephPool {
  readonly name: string;
  readonly application: "rbd" | "cephfs" | "rgw";
}

/** Where OSDs keep their data: whole disks (ceph-ansible's own way), or a file on a lab's host. */
export type OsdBackend = "disks" | "lab-file";

export interface StorageClass {
  readonly name: string;
  /** Name of a pool in `pools`. */
  readonly pool: string;
  readonly isDefault: boolean;
  readonly reclaimPolicy: "Delete" | "Retain";
  /** Of rbd volumes. */
  readonly fsType: "ext4" | "xfs";
}

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

export interface OpenShift {
  readonly deploymentType: "origin" | "openshift-enterprise";
  /** Wildcard domain of the applications' routes. */
  readonly subdomain: string;
}

/** Where the password of the directory's account is; never the password itself. */
export type SecretSource =
  | { readonly kind: "vaulted"; readonly text: string }
  | { readonly kind: "file"; readonly path: string };

/** Where and how a directory is searched. */
export interface LdapSearch {
  /** Distinguished name. */
  readonly base: string;
  readonly scope: "sub" | "one" | "base";
  /** RFC 4515. */
  readonly filter?: string;
  /** What an entry is named by: an attribute, or `dn`. */
  readonly uidAttribute: string;
  readonly nameAttributes: readonly string[];
}

export interface LdapMapping {
  /** The group's uidAttribute in the directory. */
  readonly ldap: string;
  /** Its name in the cluster. */
  readonly group: string;
  /** ClusterRoles that are bound to it. */
  readonly roles: readonly string[];
}

/** Groups of a directory that scheduled jobs bring into OpenShift. */
export interface Ldap {
  /** ldaps://…, or ldap://… with StartTLS. */
  readonly url: string;
  /** Absent: anonymous. */
  readonly bind?: { readonly dn: string; readonly password: SecretSource };
  /** Certificates, PEM; absent: those that hosts trust. */
  readonly caFile?: string;
  readonly schema: "rfc2307" | "activeDirectory" | "augmentedActiveDirectory";
  readonly users: LdapSearch & { readonly groupAttributes: readonly string[] };
  /** Absent with activeDirectory only. */
  readonly groups?: LdapSearch & { readonly memberAttributes: readonly string[] };
  readonly mapping: readonly LdapMapping[];
  /** cron's form. */
  readonly schedule: string;
  readonly pruneSchedule: string;
  readonly tolerateMissingMembers: boolean;
  /** False: the jobs only say what they would do. */
  readonly confirm: boolean;
  readonly namespace: string;
  /** With `oc`; absent: the cluster's own. */
  readonly image?: string;
}

/** Pass-through variables in a tool's own names: group name → variables, plus per-host ones. */
export interface ToolVariables {
  readonly groups: Readonly<Record<string, ValueMap>>;
  readonly hosts: Readonly<Record<string, ValueMap>>;
}

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
  /** Versions the user pins, without a leading v; absent: the vendored tool's default. */
  readonly versions: { readonly kubernetes?: string; readonly ceph?: string; readonly openshift?: string };
  /** In the order of declaration, ranges expanded. Order matters: first control plane first. */
  readonly hosts: readonly Host[];
  readonly tools: Readonly<Record<ToolName, ToolVariables>>;
}

/** The hosts that have a role, in declaration order. */
export function hostsWith(model: ClusterModel, ...roles: readonly Role[]): readonly Host[] {
  return model.hosts.filter((host) => roles.some((role) => host.roles.includes(role)));
}

/** The hosts that run a member of etcd: with kubeadm's own etcd every control plane is one. */
export function etcdHosts(model: ClusterModel): readonly Host[] {
  return hostsWith(model, model.etcd.deployment === "kubeadm" ? "control-plane" : "etcd");
}
