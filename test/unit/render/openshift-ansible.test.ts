import { describe, expect, it } from "vitest";
import type { ValueMap } from "../../../tasks/core/value.ts";
import { aCluster, aHost, SMALL_HOSTS, SSH } from "../../helpers/model.ts";
import { hostsFile, membersOf, variablesOf } from "../../helpers/rendered.ts";

const model = aCluster({ orchestrator: "openshift" });
const variables = variablesOf(model, "openshift-ansible", "OSEv3");
const nodeGroups = (of = model) =>
  variablesOf(of, "openshift-ansible", "OSEv3").openshift_node_groups as readonly ValueMap[];
const groupOf = (name: string, of = model) =>
  hostsFile(of, "openshift-ansible").hosts[name]?.openshift_node_group_name;

describe("openshift-ansible's inventory", () => {
  it("counts masters among the nodes, and leaves the load balancers to us", () => {
    expect(membersOf(model, "openshift-ansible", "masters")).toEqual(["master1", "master2", "master3"]);
    expect(membersOf(model, "openshift-ansible", "nodes")).toContain("master1");
    expect(membersOf(model, "openshift-ansible", "lb")).toEqual([]);
    expect(Object.keys(hostsFile(model, "openshift-ansible").hosts)).not.toContain("lb1");
  });

  it("keeps the release a text", () => {
    expect(variables.openshift_release).toBe("3.11");
  });

  it("defines every node group that a host names, with the exact labels that upstream looks for", () => {
    const names = nodeGroups().map(({ name }) => name);
    for (const host of ["master1", "infra1", "worker1", "worker2"]) expect(names).toContain(groupOf(host));
    const labels = nodeGroups().flatMap((group) => group.labels);
    expect(labels).toContain("node-role.kubernetes.io/master=true");
    expect(labels).toContain("node-role.kubernetes.io/infra=true");
    expect(new Set(names).size).toBe(names.length);
  });

  it("uses upstream's names where there are some", () => {
    const hosts = [
      aHost("a", 1, ["control-plane", "etcd"]),
      aHost("b", 2, ["infra"]),
      aHost("c", 3, ["worker"]),
      aHost("d", 4, ["control-plane", "infra"]),
      aHost("e", 5, ["control-plane", "infra", "worker"]),
      aHost("f", 6, ["worker"], { zone: "north" }),
    ];
    const some = aCluster({ orchestrator: "openshift", hosts });
    expect(hosts.map(({ name }) => groupOf(name, some))).toEqual([
      "node-config-master",
      "node-config-infra",
      "node-config-compute",
      "node-config-master-infra",
      "node-config-all-in-one",
      "node-config-compute-zone-north",
    ]);
  });

  it("names a group of own labels after them, so that other hosts do not change it", () => {
    const alone = aCluster({
      orchestrator: "openshift",
      hosts: SMALL_HOSTS.filter(({ name }) => name === "worker2"),
    });
    expect(groupOf("worker2", alone)).toBe(groupOf("worker2"));
    expect(nodeGroups().find(({ name }) => name === groupOf("worker2"))).toMatchObject({
      edits: [{ key: "kubeletArguments.register-with-taints", value: ["gpu=yes:NoSchedule"] }],
    });
  });

  it("becomes root where the user is another", () => {
    const ssh = { ...SSH, user: "centos" };
    const some = aCluster({
      orchestrator: "openshift",
      hosts: [aHost("a", 1, ["control-plane"], { ssh }), aHost("b", 2, ["worker"])],
    });
    const { hosts } = hostsFile(some, "openshift-ansible");
    expect(hosts.a).toMatchObject({ ansible_become: true });
    expect(hosts.b).not.toHaveProperty("ansible_become");
  });
});
