import { describe, expect, it } from "vitest";
import { toolFiles } from "../../../tasks/deploy/tool-files.ts";
import { aCluster, aHost, SMALL_HOSTS } from "../../helpers/model.ts";
import { hostsFile, membersOf, variablesOf } from "../../helpers/rendered.ts";

const groups = (model = aCluster()) => hostsFile(model, "kubespray").children;
const host = (name: string, model = aCluster()) => hostsFile(model, "kubespray").hosts[name];
const variables = (model = aCluster()) => variablesOf(model, "kubespray");

describe("kubespray's inventory", () => {
  it("holds the hosts of Kubernetes and nobody else's", () => {
    expect(Object.keys(hostsFile(aCluster(), "kubespray").hosts)).toEqual([
      ...["master1", "master2", "master3", "infra1", "worker1", "worker2"],
    ]);
  });

  it("is empty when another orchestrator, or none, is wanted", () => {
    expect(toolFiles(aCluster({ orchestrator: "openshift" }), "kubespray").size).toBe(0);
    expect(toolFiles(aCluster({ orchestrator: "none" }), "kubespray").size).toBe(0);
  });

  it("names k8s_cluster and the recovery groups, though they may be empty", () => {
    expect(Object.keys(groups().k8s_cluster?.children ?? {})).toEqual([
      "kube_control_plane",
      "kube_node",
      "calico_rr",
    ]);
    expect(groups()).toMatchObject({ calico_rr: {}, broken_etcd: {}, broken_kube_control_plane: {} });
    expect(groups()).not.toHaveProperty("bastion");
  });

  it("pins etcd's member names to the hosts, whatever their order", () => {
    const reversed = aCluster({ hosts: SMALL_HOSTS.toReversed() });
    for (const model of [aCluster(), reversed])
      expect(host("master2", model)).toMatchObject({ etcd_member_name: "master2" });
    expect(host("worker1")).not.toHaveProperty("etcd_member_name");
  });

  it("with kubeadm's etcd takes the control planes for members", () => {
    const model = aCluster({
      hosts: [aHost("m1", 1, ["control-plane"]), aHost("w1", 2, ["worker"])],
      etcd: {
        quotaBytes: 2 ** 31,
        dataDir: "/var/lib/etcd",
        deployment: "kubeadm",
        snapshotFolder: "/var/backups",
      },
    });
    expect(membersOf(model, "kubespray", "etcd")).toEqual(["m1"]);
    expect(variables(model)).toMatchObject({ etcd_deployment_type: "kubeadm" });
  });

  it("labels by zone, role and wish, and writes taints as kubectl does", () => {
    expect(host("master1")).toMatchObject({ node_labels: { "topology.kubernetes.io/zone": "a" } });
    expect(host("infra1")).toMatchObject({ node_labels: { "node-role.kubernetes.io/infra": "" } });
    expect(host("worker1")).toMatchObject({ node_labels: { disk: "ssd" } });
    expect(host("worker2")).toMatchObject({ node_taints: ["gpu=yes:NoSchedule"] });
  });

  it("writes etcd's quota as text of bytes, verbatim for its environment", () => {
    expect(variables()).toMatchObject({ etcd_quota_backend_bytes: "8589934592" });
  });

  it("leads to the API by the VIP and the domain", () => {
    expect(variables()).toMatchObject({
      loadbalancer_apiserver: { address: "10.42.253.152", port: 6443 },
      apiserver_loadbalancer_domain_name: "api.intra.example.com",
      loadbalancer_apiserver_localhost: false,
      supplementary_addresses_in_ssl_keys: ["10.42.253.152", "api.intra.example.com"],
    });
  });

  it("without a VIP leads by the domain alone, and knows outside addresses of control planes", () => {
    const model = aCluster({
      api: { port: 443, backendPort: 6443, domain: "api.example.com", vrid: 1 },
      hosts: [aHost("m1", 1, ["control-plane", "etcd"], { address: "198.51.100.1" })],
    });
    expect(variables(model)).toMatchObject({
      loadbalancer_apiserver: { address: "api.example.com", port: 443 },
      kube_apiserver_port: 6443,
      supplementary_addresses_in_ssl_keys: ["api.example.com", "198.51.100.1"],
    });
  });

  it("with nobody in front of the control planes leaves it to kubespray's own proxy on each node", () => {
    const api = {
      local: true,
      port: 6443,
      backendPort: 6443,
      domain: "api.prod.example.com",
      vrid: 1,
    } as const;
    const local = variables(aCluster({ api }));
    expect(local).toMatchObject({
      loadbalancer_apiserver_localhost: true,
      kube_apiserver_port: 6443,
      supplementary_addresses_in_ssl_keys: ["api.prod.example.com"],
    });
    for (const name of [
      "loadbalancer_apiserver",
      "apiserver_loadbalancer_domain_name",
      "loadbalancer_apiserver_port",
    ])
      expect(local).not.toHaveProperty(name);
    expect(variables(aCluster({ api: { ...api, port: 8443 } }))).toMatchObject({
      loadbalancer_apiserver_port: 8443,
    });
  });

  it("takes a cluster without IPv4 as one", () => {
    const model = aCluster({
      hosts: [aHost("m1", 1, ["control-plane", "etcd"], { ip: "fd00::1" })],
      network: { ...aCluster().network, pods: ["fd85::/112"], services: ["fd86::/116"] },
    });
    expect(host("m1", model)).toMatchObject({
      ansible_host: "fd00::1",
      ip6: "fd00::1",
      access_ip6: "fd00::1",
    });
    expect(host("m1", model)).not.toHaveProperty("ip");
    expect(variables(model)).toMatchObject({
      ipv4_stack: false,
      ipv6_stack: true,
      kube_pods_subnet_ipv6: "fd85::/112",
    });
    expect(variables(model)).not.toHaveProperty("kube_pods_subnet");
  });

  it("appends to the proxy exceptions that upstream computes, instead of replacing them", () => {
    const proxy = { http: "http://proxy:3128", no: [".example.com", "10.0.0.0/8"] };
    const model = aCluster({ network: { ...aCluster().network, proxy } });
    expect(variables(model)).toMatchObject({
      http_proxy: "http://proxy:3128",
      additional_no_proxy: ".example.com,10.0.0.0/8",
    });
    expect(variables(model)).not.toHaveProperty("no_proxy");
    expect(variables(model)).not.toHaveProperty("https_proxy");
  });

  it("says nothing about what the user leaves to upstream", () => {
    const { network } = aCluster();
    const bare = aCluster({ network: { ...network, ntp: [], dns: { servers: [], search: [] } } });
    for (const name of [
      "kube_version",
      "ntp_enabled",
      "nameservers",
      "upstream_dns_servers",
      "searchdomains",
      "http_proxy",
    ]) {
      expect(variables(bare)).not.toHaveProperty(name);
    }
  });

  it("takes all files from files_repo and all images from registry_host, when the user names them", () => {
    const model = aCluster({
      tools: {
        kubespray: { groups: { all: { files_repo: "http://mirror", registry_host: "registry:5000" } } },
      },
    });
    expect(variables(model)).toMatchObject({
      github_url: "{{ files_repo }}/github.com",
      dl_k8s_io_url: "{{ files_repo }}/dl.k8s.io",
      kube_image_repo: "{{ registry_host }}",
      quay_image_repo: "{{ registry_host }}",
    });
    expect(variables()).not.toHaveProperty("github_url");
    expect(variables()).not.toHaveProperty("kube_image_repo");
  });
});
