/** Rules about the networks of the cluster. */
import { type Cidr, cidrsOverlap, parseCidr } from "../../core/ip.ts";
import { type ClusterModel, hostsWith } from "../../core/model.ts";
import type { InventoryPath } from "../../core/path.ts";
import type { Rule } from "./rule-type.ts";

interface NamedNetwork {
  readonly name: string;
  readonly path: InventoryPath;
  readonly cidr: Cidr;
}

function named(name: string, path: InventoryPath, texts: readonly string[]): NamedNetwork[] {
  return texts.flatMap((text) => {
    const cidr = parseCidr(text);
    return cidr === undefined ? [] : [{ name, path, cidr }];
  });
}

function networksOf({ network, ceph }: ClusterModel) {
  const machines = named("machine network", ["network", "machines"], network.machines);
  const pods = named("pod network", ["network", "pods"], network.pods);
  const services = named("service network", ["network", "services"], network.services);
  const storage = [
    ...named("Ceph public network", ["storage", "ceph", "publicNetworks"], ceph?.publicNetworks ?? []),
    ...named("Ceph cluster network", ["storage", "ceph", "clusterNetworks"], ceph?.clusterNetworks ?? []),
  ];
  return { machines, pods, services, storage };
}

export const overlappingNetworks: Rule = {
  code: "KM150",
  severity: "error",
  title: "Networks overlap",
  rationale:
    "An address in both networks could be a machine or a pod, and packets would go to the wrong one.",
  *check(model) {
    if (model.orchestrator === "none") return;
    const { machines, pods, services, storage } = networksOf(model);
    // Ceph usually shares the machine network. Only the pod and the service networks must not overlap others.
    const seen = new Set<string>();
    for (const one of [...services, ...pods]) {
      for (const other of [...pods, ...machines, ...storage]) {
        if (one === other || one.name === other.name || !cidrsOverlap(one.cidr, other.cidr)) continue;
        const pair = [one.cidr.text, other.cidr.text].join(" ");
        if (seen.has(pair)) continue;
        seen.add(pair);
        const message = `the ${one.name} ${one.cidr.text} overlaps the ${other.name} ${other.cidr.text}`;
        yield { path: one.path, message, remedy: "choose networks without common addresses" };
      }
    }
  },
};

export const oneNetworkPerFamily: Rule = {
  code: "KM151",
  severity: "error",
  title: "Two networks of one address family",
  rationale: "Kubernetes accepts one network per family: IPv4, IPv6, or one of each.",
  *check(model) {
    const { machines, pods, services } = networksOf(model);
    for (const networks of [machines, pods, services]) {
      for (const version of [4, 6] as const) {
        const same = networks.filter(({ cidr }) => cidr.version === version);
        const [first, second] = same;
        if (first === undefined || second === undefined) continue;
        const message = `${first.cidr.text} and ${second.cidr.text} are both ${first.name}s of IPv${version}`;
        yield {
          path: first.path,
          message,
          remedy: "write one network per family; a larger network can contain both",
        };
      }
    }
  },
};

export const familiesDiffer: Rule = {
  code: "KM152",
  severity: "error",
  title: "Address families that do not match",
  rationale: "Pods and services need the same address families, and the machines must have them too.",
  *check(model) {
    if (model.orchestrator === "none") return;
    const { machines, pods, services } = networksOf(model);
    const families = (networks: readonly NamedNetwork[]) =>
      [...new Set(networks.map(({ cidr }) => `IPv${cidr.version}`))].sort();
    const own = families(machines);
    for (const networks of [pods, services]) {
      const [first] = networks;
      const missing = families(networks).filter((family) => !own.includes(family));
      if (first === undefined || missing.length === 0) continue;
      const message = `the ${first.name} is ${missing.join(" and ")}, but the machine network is only ${own.join(" and ")}`;
      yield { path: first.path, message, remedy: `write an ${own.join(" and an ")} network` };
    }
    const [pod] = pods;
    if (pod === undefined || families(pods).join() === families(services).join()) return;
    const message = `pods have ${families(pods).join(" and ")}, but services have ${families(services).join(" and ")}`;
    yield { path: ["network", "services"], message, remedy: "write networks of the same families for both" };
  },
};

export const smallPodNetwork: Rule = {
  code: "KM153",
  severity: "warning",
  title: "The pod network is too small for the nodes",
  rationale:
    "Every node gets a part of the pod network: a /24, with OpenShift a /23. When no part is left, a node gets none.",
  *check(model) {
    if (model.orchestrator === "none" || isNodePrefixSet(model)) return;
    const nodes = hostsWith(model, "control-plane", "worker", "infra").length;
    const perNode = model.orchestrator === "openshift" ? 23 : 24;
    for (const { cidr, path } of networksOf(model).pods) {
      if (cidr.version !== 4 || 2 ** Math.max(0, perNode - cidr.prefix) >= nodes) continue;
      const wanted = perNode - Math.ceil(Math.log2(nodes));
      const message = `the pod network ${cidr.text} has parts for ${2 ** Math.max(0, perNode - cidr.prefix)} nodes (/${perNode} each), but the cluster has ${nodes} nodes`;
      yield { path, message, remedy: `use a network of at least /${wanted}` };
    }
  },
};

function isNodePrefixSet({ tools }: ClusterModel): boolean {
  const groups = [
    ...Object.values(tools.kubespray.groups),
    ...Object.values(tools["openshift-ansible"].groups),
  ];
  return groups.some(
    (variables) => "kube_network_node_prefix" in variables || "osm_host_subnet_length" in variables,
  );
}

export const manyNameservers: Rule = {
  code: "KM154",
  severity: "error",
  title: "More than two nameservers",
  rationale: "libc reads only three nameservers, and the cluster's own is one of them.",
  *check({ network }) {
    const count = network.dns.servers.length;
    if (count <= 2) return;
    const message = `there are ${count} nameservers, but a host can use only two beside the cluster's own`;
    yield { path: ["network", "dns", "servers"], message, remedy: "keep two nameservers" };
  },
};
