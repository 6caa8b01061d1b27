/**
 * kubespray's inventory (v2.31). It contains only the hosts of Kubernetes, because kubespray validates every host and gathers
 * its facts. Our variables are in the group `all`, which is the weakest, so that pass-through variables of any group win.
 */
import { isIpv6 } from "../core/ip.ts";
import { type ClusterModel, etcdHosts, type Host, hostsWith } from "../core/model.ts";
import type { Value, ValueMap } from "../core/value.ts";
import { taintText } from "./taint-text.ts";
import { groupOf, type ToolInventory } from "./tool-inventory.ts";

/** The inventory; undefined when the orchestrator is not kubernetes. */
export function kubesprayInventory(model: ClusterModel): ToolInventory | undefined {
  if (model.orchestrator !== "kubernetes") return undefined;
  const etcd = new Set(etcdHosts(model));
  const bastions = hostsWith(model, "bastion");
  return {
    hosts: hostsWith(model, "control-plane", "etcd", "worker", "infra", "bastion"),
    hostVariables: (host) => hostVariables(host, etcd.has(host)),
    groups: {
      kube_control_plane: groupOf(hostsWith(model, "control-plane")),
      etcd: groupOf([...etcd]),
      kube_node: groupOf(hostsWith(model, "worker", "infra")),
      calico_rr: {},
      // Explicit, because upstream's own group_by sees only the limited hosts under --limit.
      k8s_cluster: { children: ["kube_control_plane", "kube_node", "calico_rr"] },
      ...(bastions.length === 0 ? {} : { bastion: groupOf(bastions) }),
      // The recovery roles read these groups without checking that they exist.
      broken_kube_control_plane: {},
      broken_etcd: {},
    },
    variables: {
      all: {
        ...clusterVariables(model),
        ...apiVariables(model),
        ...networkVariables(model),
        ...offlineVariables(model),
        ...registryVariables(model),
      },
    },
  };
}

function hostVariables(host: Host, isEtcd: boolean): ValueMap {
  const labels = nodeLabels(host);
  return {
    ...addressVariables(host),
    // Upstream names members by their position, which changes when a host is added or removed.
    ...(isEtcd ? { etcd_member_name: host.name } : {}),
    ...(Object.keys(labels).length === 0 ? {} : { node_labels: labels }),
    ...(host.taints.length === 0 ? {} : { node_taints: host.taints.map(taintText) }),
  };
}

/** kubespray takes `ip` for IPv4 and `ip6` for IPv6; the model's `ip` is IPv6 on a cluster without IPv4. */
function addressVariables({ ip, ip6 }: Host): ValueMap {
  const v6 = isIpv6(ip) ? ip : ip6;
  return {
    ...(isIpv6(ip) ? {} : { ip, access_ip: ip }),
    ...(v6 === undefined ? {} : { ip6: v6, access_ip6: v6 }),
  };
}

function nodeLabels(host: Host): Readonly<Record<string, string>> {
  return {
    ...(host.zone === undefined ? {} : { "topology.kubernetes.io/zone": host.zone }),
    ...(host.roles.includes("infra") ? { "node-role.kubernetes.io/infra": "" } : {}),
    ...host.labels,
  };
}

function clusterVariables({ name, versions, etcd }: ClusterModel): ValueMap {
  return {
    cluster_name: name,
    // Upstream's default is cluster_name; workloads expect cluster.local.
    dns_domain: "cluster.local",
    ...(versions.kubernetes === undefined ? {} : { kube_version: versions.kubernetes }),
    kubeconfig_localhost: true,
    etcd_deployment_type: etcd.deployment,
    etcd_data_dir: etcd.dataDir,
    // Upstream writes it unchanged into etcd's environment: bytes, as text.
    etcd_quota_backend_bytes: String(etcd.quotaBytes),
  };
}

function apiVariables({ api, hosts }: ClusterModel): ValueMap {
  const addresses = hosts.flatMap((host) =>
    host.roles.includes("control-plane") ? (host.address ?? []) : [],
  );
  if (api.local === true)
    return {
      kube_apiserver_port: api.backendPort,
      // kubespray's proxy to all control planes, on each node, for workloads and kubelets.
      loadbalancer_apiserver_localhost: true,
      ...(api.port === api.backendPort ? {} : { loadbalancer_apiserver_port: api.port }),
      // The certificates contain the name even so, in case a load balancer is added later.
      supplementary_addresses_in_ssl_keys: [...new Set([api.domain, ...addresses])],
    };
  return {
    kube_apiserver_port: api.backendPort,
    loadbalancer_apiserver: { address: api.vip ?? api.domain, port: api.port },
    apiserver_loadbalancer_domain_name: api.domain,
    loadbalancer_apiserver_localhost: false,
    supplementary_addresses_in_ssl_keys: [...new Set([api.vip ?? api.domain, api.domain, ...addresses])],
  };
}

function networkVariables({ network, resolver }: ClusterModel): ValueMap {
  const { dns, ntp, proxy } = network;
  const family = (networks: readonly string[], v6: boolean) => networks.find((one) => isIpv6(one) === v6);
  const optional = (key: string, value: Value | undefined): ValueMap =>
    value === undefined ? {} : { [key]: value };
  return {
    ipv4_stack: family(network.pods, false) !== undefined,
    ipv6_stack: family(network.pods, true) !== undefined,
    ...optional("kube_pods_subnet", family(network.pods, false)),
    ...optional("kube_service_addresses", family(network.services, false)),
    ...optional("kube_pods_subnet_ipv6", family(network.pods, true)),
    ...optional("kube_service_addresses_ipv6", family(network.services, true)),
    ...(resolver === undefined ? hostDns(dns) : { resolvconf_mode: "none" }),
    ...(ntp.length === 0
      ? {}
      : {
          ntp_enabled: true,
          // Debian 13 has no package named ntp.
          ntp_package: "chrony",
          ntp_manage_config: true,
          ntp_servers: ntp.map((server) => `${server} iburst`),
        }),
    ...optional("http_proxy", proxy?.http),
    ...optional("https_proxy", proxy?.https),
    // Upstream builds no_proxy from the cluster itself and appends these.
    ...(proxy === undefined || proxy.no.length === 0 ? {} : { additional_no_proxy: proxy.no.join(",") }),
  };
}

/** Name servers of the hosts, which the DNS of the cluster forwards to. Not used with our own role resolver. */
function hostDns({ servers, search }: ClusterModel["network"]["dns"]): ValueMap {
  return {
    ...(servers.length === 0 ? {} : { nameservers: servers, upstream_dns_servers: servers }),
    ...(search.length === 0 ? {} : { searchdomains: search }),
  };
}

/**
 * containerd uses our certificate authority and password for our own registry, and asks it first for images of the mirrored
 * registries. Ansible reads the password while it runs, so it is in no rendered file.
 */
function registryVariables({ registry }: ClusterModel): ValueMap {
  if (registry === undefined) return {};
  const name = `${registry.domain}:${registry.port}`;
  const ours = {
    host: `https://${name}`,
    capabilities: ["pull", "resolve"],
    skip_verify: false,
    ca: [`/etc/containerd/certs.d/${name}/ca.crt`],
    header: { Authorization: `Basic {{ ('${registry.user}:' ~ ${REGISTRY_PASSWORD}) | b64encode }}` },
  };
  return {
    containerd_registries_mirrors: [
      { prefix: name, mirrors: [ours] },
      ...registry.mirrors.map((prefix) => ({
        prefix,
        mirrors: [
          ours,
          {
            host: `https://${prefix === "docker.io" ? "registry-1.docker.io" : prefix}`,
            capabilities: ["pull", "resolve"],
            skip_verify: false,
          },
        ],
      })),
    ],
  };
}

/** kubespray or our own role generates it, whichever runs first: both use the same arguments. */
const REGISTRY_PASSWORD =
  "lookup('ansible.builtin.password', (inventory_dir | dirname) ~ '/custom/credentials/registry_password', " +
  "length=24, chars=['ascii_letters', 'digits'])";

/**
 * kubespray documents `files_repo` and `registry_host`, but only its sample inventory reads them. With these variables they
 * work: one server for all files, laid out as contrib/offline does it, and one registry for all images.
 */
function offlineVariables({ tools }: ClusterModel): ValueMap {
  const given = (name: string): boolean => tools.kubespray.groups.all?.[name] !== undefined;
  const server = (host: string): string => `{{ files_repo }}/${host}`;
  return {
    ...(given("files_repo")
      ? {
          github_url: server("github.com"),
          dl_k8s_io_url: server("dl.k8s.io"),
          storage_googleapis_url: server("storage.googleapis.com"),
          get_helm_url: server("get.helm.sh"),
        }
      : {}),
    ...(given("registry_host")
      ? Object.fromEntries(
          ["kube", "gcr", "docker", "quay", "github"].map((one) => [
            `${one}_image_repo`,
            "{{ registry_host }}",
          ]),
        )
      : {}),
  };
}
