/** Builds the ClusterModel of validated settings: fills in defaults that depend on other values, and freezes the result. */
import { canonicalIp, ipVersion } from "../../core/ip.ts";
import {
  type CephStorage,
  type ClusterModel,
  type Host,
  type LoadBalancer,
  type Network,
  type SshAccess,
  TOOLS,
  type ToolName,
  type ToolVariables,
} from "../../core/model.ts";
import type { InventoryPath } from "../../core/path.ts";
import type { ValueMap } from "../../core/value.ts";
import type { Settings } from "../schema/cluster.ts";
import { parseSize } from "../schema/fields.ts";
import { parseTaint } from "../schema/taint.ts";
import { buildBackup } from "./backup.ts";
import { buildLdap } from "./ldap.ts";
import { buildMonitoring } from "./monitoring.ts";
import { buildServices } from "./services.ts";
import { buildStorageClasses } from "./storage-classes.ts";

type HostSettings = Settings["hosts"][string];

/** What the settings do not contain. */
export interface BuildContext {
  /** Name of the cluster's folder. */
  readonly cluster: string;
  /** Makes the path of a file absolute: expands `~`; other relative paths start at the inventory file. */
  resolveFile(path: InventoryPath, file: string): string;
}

/** The model of a cluster. */
export function buildModel(settings: Settings, context: BuildContext): ClusterModel {
  const name = settings.name ?? context.cluster;
  const hosts = buildHosts(settings, context);
  const apiPort = settings.orchestrator === "openshift" ? 8443 : 6443;
  const vip = settings.api.vip;
  const network = buildNetwork(settings.network);
  const loadBalancer = buildLoadBalancer(settings);
  const model: ClusterModel = {
    name,
    domain: settings.domain,
    orchestrator: settings.orchestrator,
    network,
    api: {
      ...(vip === undefined ? {} : { vip: canonicalIp(vip) }),
      ...(isLocal(settings, hosts) ? { local: true } : {}),
      port: settings.api.port ?? apiPort,
      backendPort: settings.api.backendPort ?? apiPort,
      domain: settings.api.domain ?? `api.${name}.${settings.domain}`,
      vrid: settings.api.vrid,
    },
    loadBalancer,
    etcd: {
      quotaBytes: bytes(settings.etcd.quota),
      dataDir: settings.etcd.dataDir,
      deployment: settings.etcd.deployment,
      ...(settings.etcd.settingsFile === undefined ? {} : { settingsFile: settings.etcd.settingsFile }),
      snapshotFolder: settings.etcd.snapshotFolder,
    },
    ...(hosts.some(({ roles }) => roles.some((role) => role.startsWith("ceph-")))
      ? { ceph: buildCeph(settings) }
      : {}),
    ...(settings.orchestrator === "openshift"
      ? {
          openshift: {
            deploymentType: settings.openshift.deploymentType,
            subdomain: settings.openshift.subdomain ?? `apps.${settings.domain}`,
          },
        }
      : {}),
    ...buildServices(settings, { hosts, network, edgeVips: loadBalancer.edgeVips }),
    ...(settings.ldap === undefined
      ? {}
      : { ldap: buildLdap(settings.ldap, (path, file) => context.resolveFile(path, file)) }),
    ...(settings.monitoring === undefined
      ? {}
      : { monitoring: buildMonitoring(settings.monitoring, settings) }),
    ...(settings.backup === undefined ? {} : { backup: buildBackup(settings.backup, hosts) }),
    versions: buildVersions(settings.versions),
    hosts,
    tools: Object.fromEntries(TOOLS.map((tool) => [tool, buildTool(settings.tools[tool])])) as Record<
      ToolName,
      ToolVariables
    >,
  };
  return deepFreeze(model);
}

function buildHosts(settings: Settings, context: BuildContext): Host[] {
  const shared = buildSsh(settings.ssh, ["ssh"], context, DEFAULT_SSH);
  return Object.entries(settings.hosts).map(([name, host]) => buildHost(name, host, shared, context));
}

const DEFAULT_SSH: SshAccess = { user: "root", port: 22, hostKeys: "accept-new" };

/** True when no load balancer, ours or another, is in front of the API: no VIP, no host with the role, no api.domain. */
function isLocal({ api }: Settings, hosts: readonly Host[]): boolean {
  const balancers = hosts.filter(({ roles }) => roles.includes("load-balancer"));
  return api.vip === undefined && api.domain === undefined && balancers.length === 0;
}

function buildHost(name: string, host: HostSettings, shared: SshAccess, context: BuildContext): Host {
  return {
    name,
    ip: canonicalIp(host.ip),
    ...(host.ip6 === undefined ? {} : { ip6: canonicalIp(host.ip6) }),
    ...(host.address === undefined ? {} : { address: host.address }),
    ssh: host.ssh === undefined ? shared : buildSsh(host.ssh, ["hosts", name, "ssh"], context, shared),
    roles: [...new Set(host.roles)],
    ...(host.zone === undefined ? {} : { zone: host.zone }),
    labels: host.labels,
    taints: host.taints.flatMap((taint) => parseTaint(taint) ?? []),
    devices: host.devices,
    ...(host.interface === undefined ? {} : { interface: host.interface }),
  };
}

function buildSsh(
  ssh: Settings["ssh"],
  path: InventoryPath,
  context: BuildContext,
  base: SshAccess,
): SshAccess {
  const file = (key: "privateKeyFile" | "knownHostsFile") => {
    const text = ssh[key];
    return text === undefined ? {} : { [key]: context.resolveFile([...path, key], text) };
  };
  return {
    ...base,
    ...(ssh.user === undefined ? {} : { user: ssh.user }),
    ...(ssh.port === undefined ? {} : { port: ssh.port }),
    ...(ssh.hostKeys === undefined ? {} : { hostKeys: ssh.hostKeys }),
    ...file("privateKeyFile"),
    ...file("knownHostsFile"),
  };
}

function buildNetwork(network: Settings["network"]): Network {
  const { http, https, no } = network.proxy ?? { no: [] };
  return {
    machines: list(network.machines),
    pods: list(network.pods),
    services: list(network.services),
    dns: { servers: network.dns.servers.map(canonicalIp), search: network.dns.search },
    ntp: network.ntp,
    ...(http === undefined && https === undefined
      ? {}
      : {
          proxy: { ...(http === undefined ? {} : { http }), ...(https === undefined ? {} : { https }), no },
        }),
  };
}

function buildLoadBalancer({ loadBalancer, api }: Settings): LoadBalancer {
  return {
    unicast: loadBalancer.unicast,
    ...(loadBalancer.interface === undefined ? {} : { interface: loadBalancer.interface }),
    statsPort: loadBalancer.statsPort,
    edgeVips: loadBalancer.edgeVips.map((vip, index) => {
      const { address, vrid } = typeof vip === "string" ? { address: vip, vrid: undefined } : vip;
      return { address: canonicalIp(address), vrid: vrid ?? ((api.vrid + index) % 255) + 1 };
    }),
  };
}

function buildCeph(settings: Settings): CephStorage {
  const { ceph } = settings.storage;
  return {
    osdBackend: ceph.osdBackend,
    origin: ceph.origin,
    release: settings.versions.ceph ?? "reef",
    publicNetworks: list(ceph.publicNetworks ?? settings.network.machines),
    clusterNetworks: ceph.clusterNetworks === undefined ? [] : list(ceph.clusterNetworks),
    pools: ceph.pools,
    storageClasses: buildStorageClasses(ceph),
    dashboard: ceph.dashboard,
  };
}

function buildVersions({ kubernetes, ceph, openshift }: Settings["versions"]): ClusterModel["versions"] {
  const bare = (version: string) => version.replace(/^v/, "");
  return {
    ...(kubernetes === undefined ? {} : { kubernetes: bare(kubernetes) }),
    ...(ceph === undefined ? {} : { ceph }),
    ...(openshift === undefined ? {} : { openshift: bare(openshift) }),
  };
}

function buildTool(tool: Settings["tools"][ToolName]): ToolVariables {
  const { hosts = {}, ...groups } = tool as Record<string, ValueMap>;
  return { groups: groups as Record<string, ValueMap>, hosts: hosts as Record<string, ValueMap> };
}

/** IPv4 first, in whatever order they are written: tools take the first network as the main one. */
function list(networks: string | readonly string[]): string[] {
  const all = typeof networks === "string" ? [networks] : [...networks];
  const version = (cidr: string) => ipVersion(cidr.slice(0, cidr.lastIndexOf("/"))) ?? 0;
  return all.sort((a, b) => version(a) - version(b));
}

function bytes(size: number | string): number {
  return typeof size === "number" ? size : (parseSize(size) ?? 0);
}

function deepFreeze<T>(value: T): T {
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) return value;
  Object.freeze(value);
  for (const inner of Object.values(value)) deepFreeze(inner);
  return value;
}
