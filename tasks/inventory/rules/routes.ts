/** Routes to pods, and the load balancers' interface to the outside. */
import { cidrContains, cidrsOverlap, isIpv6, parseCidr } from "../../core/ip.ts";
import { type ClusterModel, hostsWith } from "../../core/model.ts";
import type { Value } from "../../core/value.ts";
import type { Rule } from "./rule-type.ts";

const nodes = (model: ClusterModel) => hostsWith(model, "control-plane", "worker", "infra");

export const routeToNobody: Rule = {
  code: "KM540",
  severity: "error",
  title: "A pod network of a host that is no node",
  rationale: "Its packets would be sent to a host that has no pods, or that does not exist.",
  *check(model) {
    const known = new Set(nodes(model).map(({ name }) => name));
    for (const name of Object.keys(model.routes?.podNetworks ?? {})) {
      if (known.has(name)) continue;
      const message = `${name} is no control plane, worker or infra host`;
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
  title: "A node's pod network outside that of all pods",
  rationale: "network.pods is what certificates, firewalls and the API server know as pods.",
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
        const message = `${text} of ${name} is outside ${network.pods.join(", ")}`;
        yield { path: ["routes", "podNetworks", name], message, remedy: "correct it, or network.pods" };
      }
    }
  },
};

export const podNetworksOverlap: Rule = {
  code: "KM542",
  severity: "error",
  title: "Two nodes with one pod network",
  rationale: "Packets for the one's pods would go to the other.",
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
      yield { path: ["routes", "podNetworks", name], message, remedy: "give each node a network of its own" };
    }
  },
};

/** Plugins that leave routes between nodes to others. */
const WITHOUT_ROUTES: readonly Value[] = ["cni", "custom_cni", "none"];

export const routesOfPlugin: Rule = {
  code: "KM543",
  severity: "warning",
  title: "Routes beside a network plugin that makes its own",
  rationale:
    "calico, cilium, flannel and the like route to pods themselves; a second route sends packets astray.",
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
      remedy: "remove the section, or set kube_network_plugin: cni",
    };
  },
};

export const edgeWithoutBalancers: Rule = {
  code: "KM544",
  severity: "error",
  title: "An edge interface without load balancers",
  rationale: "The edge is an interface of the load balancers.",
  *check(model) {
    if (model.edge === undefined || hostsWith(model, "load-balancer").length > 0) return;
    const message = "the section edge is there, and no host has the role load-balancer";
    yield {
      path: ["edge"],
      at: "key",
      message,
      remedy: "give the role load-balancer to two hosts, or remove the section",
    };
  },
};

export const edgeGateways: Rule = {
  code: "KM545",
  severity: "error",
  title: "A gateway of the edge outside its networks",
  rationale: "The kernel takes no route through a gateway that the interface does not reach.",
  *check({ edge }) {
    if (edge === undefined) return;
    const networks = edge.networks.flatMap((text) => parseCidr(text) ?? []);
    for (const gateway of edge.gateways) {
      if (networks.some((one) => cidrContains(one, gateway))) continue;
      const message = `${gateway} is outside ${edge.networks.join(", ")}`;
      yield { path: ["edge", "gateways"], message, remedy: "correct it, or edge.networks" };
    }
    for (const { text } of networks) {
      if (edge.gateways.some((gateway) => isIpv6(gateway) === isIpv6(text))) continue;
      const message = `no gateway for ${text}`;
      yield { path: ["edge", "gateways"], message, remedy: "one gateway for each of edge.networks" };
    }
  },
};

export const edgeOverlap: Rule = {
  code: "KM546",
  severity: "error",
  title: "The edge's network is one that the cluster uses",
  rationale: "Replies between hosts or pods would leave through the edge.",
  *check({ edge, network }) {
    const own = [...network.machines, ...network.pods, ...network.services].flatMap(
      (text) => parseCidr(text) ?? [],
    );
    for (const text of edge?.networks ?? []) {
      const cidr = parseCidr(text);
      const other = cidr === undefined ? undefined : own.find((one) => cidrsOverlap(one, cidr));
      if (other === undefined) continue;
      const message = `${text} overlaps ${other.text}`;
      yield { path: ["edge", "networks"], message, remedy: "the edge needs a network of its own" };
    }
  },
};
