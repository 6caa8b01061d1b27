/** Variables that are rendered from a section of the central inventory. */
import type { ToolName } from "../../core/model.ts";

type SectionOf = Readonly<Record<string, string>>;

const CONNECTION: SectionOf = {
  ansible_host: "hosts.<name>.ip or hosts.<name>.address",
  ansible_ssh_host: "hosts.<name>.ip or hosts.<name>.address",
  ansible_user: "ssh.user",
  ansible_ssh_user: "ssh.user",
  ansible_port: "ssh.port",
  ansible_ssh_port: "ssh.port",
  ansible_ssh_private_key_file: "ssh.privateKeyFile",
  ansible_private_key_file: "ssh.privateKeyFile",
};

const KUBESPRAY: SectionOf = {
  ip: "hosts.<name>.ip",
  access_ip: "hosts.<name>.ip",
  ip6: "hosts.<name>.ip6",
  access_ip6: "hosts.<name>.ip6",
  kube_override_hostname: "the host's name",
  node_labels: "hosts.<name>.labels",
  node_taints: "hosts.<name>.taints",
  kube_version: "versions.kubernetes",
  kube_pods_subnet: "network.pods",
  kube_pods_subnet_ipv6: "network.pods",
  kube_service_addresses: "network.services",
  kube_service_addresses_ipv6: "network.services",
  ipv4_stack: "network.machines",
  ipv6_stack: "network.machines",
  kube_apiserver_port: "api.backendPort",
  loadbalancer_apiserver: "api.vip and api.port",
  apiserver_loadbalancer_domain_name: "api.domain",
  etcd_deployment_type: "etcd.deployment",
  etcd_data_dir: "etcd.dataDir",
  etcd_quota_backend_bytes: "etcd.quota",
  http_proxy: "network.proxy.http",
  https_proxy: "network.proxy.https",
  additional_no_proxy: "network.proxy.no",
  ntp_servers: "network.ntp",
  searchdomains: "network.dns.search",
};

const CEPH: SectionOf = {
  public_network: "storage.ceph.publicNetworks",
  cluster_network: "storage.ceph.clusterNetworks",
  ceph_origin: "storage.ceph.origin",
  ceph_stable_release: "versions.ceph",
  dashboard_enabled: "storage.ceph.dashboard",
};

const OPENSHIFT: SectionOf = {
  openshift_deployment_type: "openshift.deploymentType",
  openshift_release: "versions.openshift",
  openshift_master_cluster_hostname: "api.domain",
  openshift_master_cluster_public_hostname: "api.domain",
  openshift_master_default_subdomain: "openshift.subdomain",
  openshift_master_api_port: "api.backendPort",
  openshift_master_console_port: "api.backendPort",
  osm_cluster_network_cidr: "network.pods",
  openshift_portal_net: "network.services",
  openshift_http_proxy: "network.proxy.http",
  openshift_https_proxy: "network.proxy.https",
  openshift_no_proxy: "network.proxy.no",
  etcd_quota_backend_bytes: "etcd.quota",
};

/** Tool → variable → section; `any` is for all tools. */
export const SECTION_OF_VARIABLE: Readonly<Record<ToolName | "any", SectionOf>> = {
  any: CONNECTION,
  kubespray: KUBESPRAY,
  "ceph-ansible": CEPH,
  "openshift-ansible": OPENSHIFT,
  custom: {},
};
