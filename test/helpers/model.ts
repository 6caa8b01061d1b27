/** Builders of valid clusters for tests: name what the test is about, the rest has sane values. */
import type { ClusterModel, Host, Role, SshAccess, ToolName, ToolVariables } from "../../tasks/core/model.ts";

export const SSH: SshAccess = { user: "root", port: 22, hostKeys: "accept-new" };
const NO_VARIABLES: ToolVariables = { groups: {}, hosts: {} };

/** A host with the given roles; its address follows from `number`. */
export function aHost(name: string, number: number, roles: readonly Role[], more: Partial<Host> = {}): Host {
  const ip = `10.${42 + Math.floor(number / 65536)}.${Math.floor(number / 256) % 256}.${number % 256}`;
  return { name, ip, ssh: SSH, roles, labels: {}, taints: [], devices: [], ...more };
}

/** Three control planes with etcd, one infra, two workers, two load balancers, one Ceph host, one Nagios host. */
export const SMALL_HOSTS: readonly Host[] = [
  aHost("master1", 10, ["control-plane", "etcd"], { zone: "a" }),
  aHost("master2", 11, ["control-plane", "etcd"], { zone: "b" }),
  aHost("master3", 12, ["control-plane", "etcd"], { zone: "c" }),
  aHost("infra1", 13, ["infra"]),
  aHost("worker1", 20, ["worker"], { labels: { disk: "ssd" } }),
  aHost("worker2", 21, ["worker"], { taints: [{ key: "gpu", value: "yes", effect: "NoSchedule" }] }),
  aHost("lb1", 40, ["load-balancer"]),
  aHost("lb2", 41, ["load-balancer"], { interface: "eth1" }),
  aHost("ceph1", 30, ["ceph-mon", "ceph-mgr", "ceph-osd"], { devices: ["/dev/vdb"] }),
  aHost("monitor1", 50, ["nagios"]),
];

export interface ClusterOptions extends Partial<Omit<ClusterModel, "tools">> {
  readonly tools?: Partial<Record<ToolName, Partial<ToolVariables>>>;
}

export function aCluster({ tools = {}, ...rest }: ClusterOptions = {}): ClusterModel {
  const variables = (tool: ToolName): ToolVariables => ({ ...NO_VARIABLES, ...tools[tool] });
  const hosts = rest.hosts ?? SMALL_HOSTS;
  const hasCeph = hosts.some((host) => host.roles.some((role) => role.startsWith("ceph-")));
  const model: ClusterModel = {
    name: "prod",
    domain: "intra.example.com",
    orchestrator: "kubernetes",
    network: {
      machines: ["10.42.0.0/16"],
      pods: ["10.233.64.0/18"],
      services: ["10.233.0.0/18"],
      dns: { servers: ["10.42.0.1"], search: ["intra.example.com"] },
      ntp: ["ntp.intra.example.com"],
    },
    api: { vip: "10.42.253.152", port: 6443, backendPort: 6443, domain: "api.intra.example.com", vrid: 101 },
    loadBalancer: { unicast: false, statsPort: 8404, edgeVips: [] },
    etcd: {
      quotaBytes: 8 * 1024 ** 3,
      dataDir: "/var/lib/etcd",
      deployment: "host",
      snapshotFolder: "/var/backups/kube-magic-etcd",
    },
    versions: {},
    hosts,
    ...rest,
    tools: {
      kubespray: variables("kubespray"),
      "ceph-ansible": variables("ceph-ansible"),
      "openshift-ansible": variables("openshift-ansible"),
      custom: variables("custom"),
    },
  };
  return {
    ...(hasCeph
      ? {
          ceph: {
            osdBackend: "disks",
            origin: "distro",
            release: "reef",
            publicNetworks: ["10.42.0.0/16"],
            clusterNetworks: [],
            pools: [{ name: "kubernetes", application: "rbd" }],
            storageClasses: [
              {
                name: "ceph-rbd",
                pool: "kubernetes",
                isDefault: true,
                reclaimPolicy: "Delete",
                fsType: "ext4",
              },
            ],
            dashboard: false,
          },
        }
      : {}),
    ...(model.orchestrator === "openshift"
      ? { openshift: { deploymentType: "origin", subdomain: "apps.intra.example.com" } }
      : {}),
    ...model,
  };
}
