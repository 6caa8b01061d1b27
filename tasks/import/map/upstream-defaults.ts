/** What the tools use when nobody says: the difference between an addition that changes nothing and one that does. */
import type { ToolName } from "../../core/model.ts";
import { isMap, type Value } from "../../core/value.ts";
import { meansTheSame } from "../prove/same-value.ts";

/** Defaults of the tools themselves, at the versions of vendor/vendor.yml. */
const PRESETS: Readonly<Record<ToolName, Readonly<Record<string, Value>>>> = {
  kubespray: {
    cluster_name: "cluster.local",
    dns_domain: "cluster.local",
    kube_apiserver_port: 6443,
    kube_pods_subnet: "10.233.64.0/18",
    kube_service_addresses: "10.233.0.0/18",
    etcd_data_dir: "/var/lib/etcd",
    etcd_deployment_type: "host",
    etcd_quota_backend_bytes: "2147483648",
    ipv4_stack: true,
    ipv6_stack: false,
    kubeconfig_localhost: false,
    loadbalancer_apiserver_localhost: true,
    apiserver_loadbalancer_domain_name: "lb-apiserver.kubernetes.local",
  },
  "ceph-ansible": {
    ceph_origin: "dummy",
    ip_version: "ipv4",
    dashboard_enabled: true,
    user_config: false,
    devices: [],
  },
  "openshift-ansible": {
    openshift_master_api_port: "8443",
    openshift_master_console_port: "8443",
    osm_cluster_network_cidr: "10.128.0.0/14",
    openshift_portal_net: "172.30.0.0/16",
    openshift_deployment_type: "origin",
  },
  custom: {},
};

/**
 * Defaults that a running cluster has in its certificates and addresses: kept when the source is silent, though ours
 * are others. Upstream's domain of services is the cluster's name.
 */
export function keptPresets(tool: ToolName, clusterName: Value | undefined): Readonly<Record<string, Value>> {
  if (tool !== "kubespray") return {};
  const name = "cluster.local";
  const domain = clusterName ?? name;
  return { cluster_name: name, ...(domain === name ? {} : { dns_domain: domain }) };
}

const REASONS: Readonly<Record<string, string>> = {
  "kubespray loadbalancer_apiserver": "before, each node reached the API through its own local proxy",
  "kubespray access_ip": "the host's ip, which upstream takes too",
};

export function presetNote(
  tool: ToolName,
  variable: string,
  value: Value | undefined,
  section: string | undefined,
): string {
  const reason = REASONS[`${tool} ${variable}`];
  if (reason !== undefined) return reason;
  const preset = PRESETS[tool][variable];
  if (preset === undefined || value === undefined) return section === undefined ? "ours" : `from ${section}`;
  if (meansTheSame(preset, value)) return `the default of ${tool}`;
  return `the default of ${tool} is ${isMap(preset) ? "another" : JSON.stringify(preset)}`;
}
