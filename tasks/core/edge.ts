/** Which virtual addresses belong to the load balancers' interface to the outside. */
import { cidrContains, parseCidr } from "./ip.ts";
import type { ClusterModel } from "./model.ts";

export function isInside(networks: readonly string[], address: string): boolean {
  return networks.map(parseCidr).some((cidr) => cidr !== undefined && cidrContains(cidr, address));
}

/** One of its networks, or one that is routed to it: not one of the machines' own. */
export function livesOnEdge({ edge, network }: ClusterModel, address: string): boolean {
  return edge !== undefined && (isInside(edge.networks, address) || !isInside(network.machines, address));
}
