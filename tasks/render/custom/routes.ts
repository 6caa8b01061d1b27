/** Variables of the roles routes and edge. */
import { isInside, livesOnEdge } from "../../core/edge.ts";
import { isIpv6 } from "../../core/ip.ts";
import { type ClusterModel, hostsWith } from "../../core/model.ts";
import type { ValueMap } from "../../core/value.ts";

/** Empty without the sections, so that playbooks need no guard. */
export function routesVariables(model: ClusterModel): ValueMap {
  return { kube_magic_routes: podRoutes(model), kube_magic_edge: edge(model) };
}

function podRoutes(model: ClusterModel): ValueMap {
  const { routes } = model;
  if (routes === undefined) return {};
  return {
    from_api: routes.fromApi,
    nodes: hostsWith(model, "control-plane", "worker", "infra").map(({ name, ip, ip6 }) => ({
      name,
      // The next hop for packets to the pods of the node: one address per family.
      gateways: ip6 === undefined ? [ip] : [ip, ip6],
      networks: routes.podNetworks[name] ?? [],
    })),
  };
}

/** A routing table with the networks and gateways of the edge, and the source addresses whose replies use it. */
function edge(model: ClusterModel): ValueMap {
  const { edge: section, api, loadBalancer } = model;
  if (section === undefined) return {};
  const addresses = [
    ...(api.vip === undefined ? [] : [api.vip]),
    ...loadBalancer.edgeVips.map(({ address }) => address),
  ];
  return {
    interface: section.interface,
    table: section.table,
    networks: section.networks,
    gateways: section.gateways.map((gateway) => ({
      to: isIpv6(gateway) ? "::/0" : "0.0.0.0/0",
      via: gateway,
    })),
    sources: [
      ...section.networks,
      ...addresses
        .filter((address) => livesOnEdge(model, address) && !isInside(section.networks, address))
        .map((address) => `${address}/${isIpv6(address) ? 128 : 32}`),
    ],
  };
}
