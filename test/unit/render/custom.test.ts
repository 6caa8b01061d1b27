import { describe, expect, it } from "vitest";
import { aCluster, SMALL_HOSTS } from "../../helpers/model.ts";
import { hostsFile, membersOf, variablesOf } from "../../helpers/rendered.ts";

const EDGES = [1, 2, 3].map((number) => ({ address: `10.42.253.16${number}`, vrid: 101 + number }));
const withEdges = aCluster({
  loadBalancer: { unicast: true, statsPort: 8404, interface: "eth9", edgeVips: EDGES },
});

describe("the inventory of our own playbooks", () => {
  it("holds every host", () => {
    expect(Object.keys(hostsFile(aCluster(), "custom").hosts)).toEqual(SMALL_HOSTS.map(({ name }) => name));
  });

  it("has every group, even the empty ones", () => {
    expect(Object.keys(hostsFile(aCluster(), "custom").children).sort()).toEqual(
      [
        ...[
          "kube_control_plane",
          "kube_node",
          "etcd",
          "k8s_cluster",
          "mons",
          "mgrs",
          "osds",
          "mdss",
          "rgws",
          "clients",
        ],
        ...[
          "ceph",
          "infra",
          "load_balancers",
          "nagios",
          "backup",
          "dns",
          "registry",
          "registry_clients",
          "resolver_clients",
          "backup_clients",
          "backup_stores",
          "monitored",
          "bastion",
        ],
      ].sort(),
    );
    expect(membersOf(aCluster(), "custom", "kube_node")).toEqual(["infra1", "worker1", "worker2"]);
  });

  it("spreads the virtual addresses over the load balancers in turn", () => {
    expect(variablesOf(withEdges, "custom").kube_magic_vips).toEqual([
      { name: "api", address: "10.42.253.152", prefix: 16, vrid: 101, owner: "lb1" },
      { name: "edge1", address: "10.42.253.161", prefix: 16, vrid: 102, owner: "lb2" },
      { name: "edge2", address: "10.42.253.162", prefix: 16, vrid: 103, owner: "lb1" },
      { name: "edge3", address: "10.42.253.163", prefix: 16, vrid: 104, owner: "lb2" },
    ]);
  });

  it("gives an address outside the machine networks a network of its own", () => {
    const { api } = aCluster();
    const prefix = (vip: string) =>
      (variablesOf(aCluster({ api: { ...api, vip } }), "custom").kube_magic_vips as { prefix: number }[])[0]
        ?.prefix;
    expect(prefix("192.0.2.1")).toBe(32);
    expect(prefix("2001:db8::1")).toBe(128);
  });

  it("lists the control planes as backends, first one first", () => {
    expect(variablesOf(aCluster(), "custom").kube_magic_api_backends).toEqual([
      { name: "master1", address: "10.42.0.10" },
      { name: "master2", address: "10.42.0.11" },
      { name: "master3", address: "10.42.0.12" },
    ]);
  });

  it("writes what is absent as empty, so that playbooks need no guard", () => {
    const { vip: _, ...api } = aCluster().api;
    expect(variablesOf(aCluster({ api }), "custom")).toMatchObject({
      kube_magic_proxy: {},
      kube_magic_api: { vip: "" },
      kube_magic_vips: [],
      kube_magic_load_balancer: { interface: "" },
    });
  });
});
