/** Rules about routes to pods, and about the load balancers' interface to the outside. */
import { cidrContains, cidrsOverlap, isIpv6, parseCidr } from "../../core/ip.ts";
import { type ClusterModel, hostsWith } from "../../core/model.ts";
import type { Value } from "../../core/value.ts";
import type { Rule } from "./rule-type.ts";

const nodes = (model: ClusterModel) => hostsWith(model, "control-plane", "worker", "infra");

export const routeToNoNode: Rule = {
  code: "KM540",
  severity: "error",
  title: "A pod network of a host that is not a node",
  rationale: "Packets would go to a host that has no pods, or that does not exist.",
  *check(model) {
    const known = new Set(nodes(model).map(({ name }) => name));
    for (const name of Object.keys(model.routes?.podNetworks ?? {})) {
      if (known.has(name)) continue;
      const message = `${name} is not a host with the role control-plane, worker or infra`;
      yield {
        path: ["routes", "podNetworks", name],
        at: "key",
        message,
        remedy: "correct the name, or remove the line",
      };
    }
  },
};

export const podNetworkOutside: Rule = {
  code: "KM541",
  severity: "error",
  title: "A node's pod network is outside network.pods",
  rationale: "Certificates, firewalls and the API server use network.pods as the network of all pods.",
  *check({ routes, network }) {
    const all = network.pods.flatMap((text) => parseCidr(text) ?? []);
    for (const [name, networks] of Object.entries(routes?.podNetworks ?? {})) {
      for (const text of networks) {
        const own = parseCidr(text);
        if (own === undefined) continue;
        const inside = all.some(
          (one) => one.prefix <= own.prefix && cidrContains(one, own.address.toString()),
        );
        if (inside) continue;
        const message = `${text} of ${name} is outside the pod network ${network.pods.join(", ")}`;
        yield {
          path: ["routes", "podNetworks", name],
          message,
          remedy: "correct this network, or network.pods",
        };
      }
    }
  },
};

export const podNetworksOverlap: Rule = {
  code: "KM542",
  severity: "error",
  title: "Two nodes with one pod network",
  rationale: "Packets for pods of one node would go to the other node.",
  *check({ routes }) {
    const all = Object.entries(routes?.podNetworks ?? {}).flatMap(([name, networks]) =>
      networks.flatMap((text) => {
        const cidr = parseCidr(text);
        return cidr === undefined ? [] : [{ name, cidr }];
      }),
    );
    for (const [index, { name, cidr }] of all.entries()) {
      const other = all.slice(0, index).find((one) => cidrsOverlap(one.cidr, cidr));
      if (other === undefined) continue;
      const message = `${cidr.text} of ${name} overlaps ${other.cidr.text} of ${other.name}`;
      yield { path: ["routes", "podNetworks", name], message, remedy: "give each node its own network" };
    }
  },
};

/** Network plugins that make no routes between the nodes. */
const WITHOUT_ROUTES: readonly Value[] = ["cni", "custom_cni", "none"];

export const routesOfPlugin: Rule = {
  code: "KM543",
  severity: "warning",
  title: "A section routes together with a plugin that makes routes",
  rationale:
    "calico, cilium and flannel route to the pods themselves. A second route can send packets to the wrong host.",
  *check(model) {
    if (model.routes === undefined || model.orchestrator !== "kubernetes") return;
    const { groups } = model.tools.kubespray;
    const given = Object.values(groups).find((group) => Object.hasOwn(group, "kube_network_plugin"));
    const plugin = given?.kube_network_plugin ?? "calico";
    if (WITHOUT_ROUTES.includes(plugin)) return;
    const message = `the network plugin ${String(plugin)} makes routes to pods itself`;
    yield {
      path: ["routes"],
      at: "key",
      message,
      remedy: "remove the section routes, or set kube_network_plugin: cni",
    };
  },
};

export const edgeWithoutBalancers: Rule = {
  code: "KM544",
  severity: "error",
  title: "There is a section edge, but no load balancer",
  rationale: "The edge is an interface of the load balancers.",
  *check(model) {
    if (model.edge === undefined || hostsWith(model, "load-balancer").length > 0) return;
    const message = "there is a section edge, but no host has the role load-balancer";
    yield {
      path: ["edge"],
      at: "key",
      message,
      remedy: "give the role load-balancer to two hosts, or remove the section edge",
    };
  },
};

export const edgeGateways: Rule = {
  code: "KM545",
  severity: "error",
  title: "A gateway of the edge is outside its networks",
  rationale: "The kernel refuses a route through a gateway that the interface cannot reach.",
  *check({ edge }) {
    if (edge === undefined) return;
    const networks = edge.networks.flatMap((text) => parseCidr(text) ?? []);
    for (const gateway of edge.gateways) {
      if (networks.some((one) => cidrContains(one, gateway))) continue;
      const message = `the gateway ${gateway} is outside ${edge.networks.join(", ")}`;
      yield { path: ["edge", "gateways"], message, remedy: "correct the gateway, or edge.networks" };
    }
    for (const { text } of networks) {
      if (edge.gateways.some((gateway) => isIpv6(gateway) === isIpv6(text))) continue;
      const message = `there is no gateway for ${text}`;
      yield { path: ["edge", "gateways"], message, remedy: "add a gateway for each of edge.networks" };
    }
  },
};

export const edgeOverlap: Rule = {
  code: "KM546",
  severity: "error",
  title: "The network of the edge overlaps one of the cluster",
  rationale: "Replies between hosts or pods would leave through the edge.",
  *check({ edge, network }) {
    const own = [...network.machines, ...network.pods, ...network.services].flatMap(
      (text) => parseCidr(text) ?? [],
    );
    for (const text of edge?.networks ?? []) {
      const cidr = parseCidr(text);
      const other = cidr === undefined ? undefined : own.find((one) => cidrsOverlap(one, cidr));
      if (other === undefined) continue;
      const message = `the edge network ${text} overlaps the network ${other.text} of the cluster`;
      yield { path: ["edge", "networks"], message, remedy: "use a separate network for the edge" };
    }
  },
};
