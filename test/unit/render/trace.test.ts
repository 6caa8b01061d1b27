import { expect, it } from "vitest";
import type { ClusterModel } from "../../../tasks/core/model.ts";
import { toolInventory } from "../../../tasks/deploy/tool-files.ts";
import { whichFilesCarry } from "../../../tasks/render/trace.ts";
import { aCluster } from "../../helpers/model.ts";

const carriers = (model: ClusterModel, variant: ClusterModel) =>
  whichFilesCarry(model, variant, toolInventory).map(
    ({ tool, file, variable }) => `${tool}/${file} ${variable}`,
  );

const model = aCluster();

it("finds every variable that carries a value, in every tool", () => {
  const { network } = model;
  const dns = { ...network.dns, servers: ["10.42.0.2"] };
  expect(carriers(model, { ...model, network: { ...network, dns } })).toEqual([
    "kubespray/group_vars/all/kube-magic.yml nameservers",
    "kubespray/group_vars/all/kube-magic.yml upstream_dns_servers",
    "custom/group_vars/all/kube-magic.yml kube_magic_dns_servers",
  ]);
});

it("finds the places of a host", () => {
  const hosts = model.hosts.map((host) => (host.name === "worker1" ? { ...host, zone: "z" } : host));
  expect(carriers(model, { ...model, hosts })).toEqual([
    "kubespray/hosts.yml hosts.worker1.node_labels",
    "custom/hosts.yml hosts.worker1.kube_magic_zone",
  ]);
});

it("finds groups, and variables that come or go", () => {
  const hosts = model.hosts.map((host) =>
    host.name === "master3" ? { ...host, roles: ["control-plane" as const] } : host,
  );
  expect(carriers(model, { ...model, hosts })).toEqual([
    "kubespray/hosts.yml hosts.master3.etcd_member_name",
    "kubespray/hosts.yml children.etcd",
    "custom/hosts.yml hosts.master3.kube_magic_roles",
    "custom/hosts.yml children.etcd",
  ]);
});

it("finds pass-through variables", () => {
  const variant = aCluster({ tools: { custom: { groups: { all: { x: 1 } } } } });
  expect(carriers(model, variant)).toEqual(["custom/group_vars/all/site.yml x"]);
});

it("finds nothing when nothing depends on it", () => {
  expect(carriers(model, { ...model, domain: model.domain })).toEqual([]);
});
