/** Defaults of the tools: they show whether a variable that our rendering adds changes anything. */
import type { ToolName } from "../../core/model.ts";
import { isMap, type Value } from "../../core/value.ts";
import { meansSame } from "../prove/same-value.ts";

/** Defaults of the tools themselves, at the versions of vendor/vendor.yml. */
const UPSTREAM_DEFAULTS: Readonly<Record<ToolName, Readonly<Record<string, Value>>>> = {
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
 * Upstream's defaults that a running cluster has in its certificates and addresses. Ours differ, so an import writes these
 * when the source sets nothing else. Upstream uses the cluster's name as the domain of services.
 */
export function defaultsToKeep(
  tool: ToolName,
  clusterName: Value | undefined,
): Readonly<Record<string, Value>> {
  if (tool !== "kubespray") return {};
  const name = "cluster.local";
  const domain = clusterName ?? name;
  return { cluster_name: name, ...(domain === name ? {} : { dns_domain: domain }) };
}

const REASONS: Readonly<Record<string, string>> = {
  "kubespray loadbalancer_apiserver": "before, each node reached the API through its own local proxy",
  "kubespray access_ip": "the host's ip, which upstream takes too",
};

/** The reason that the import report gives for a variable that our rendering adds. */
export function defaultNote(
  tool: ToolName,
  variable: string,
  value: Value | undefined,
  section: string | undefined,
): string {
  const reason = REASONS[`${tool} ${variable}`];
  if (reason !== undefined) return reason;
  const preset = UPSTREAM_DEFAULTS[tool][variable];
  if (preset === undefined || value === undefined) return section === undefined ? "ours" : `from ${section}`;
  if (meansSame(preset, value)) return `the default of ${tool}`;
  return `the default of ${tool} is ${isMap(preset) ? "another" : JSON.stringify(preset)}`;
}
