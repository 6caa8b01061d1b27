/** Which virtual addresses belong to the load balancers' interface to the outside. */
import { cidrContains, parseCidr } from "./ip.ts";
import type { ClusterModel } from "./model.ts";

/** True when one of the networks contains the address. */
export function isInside(networks: readonly string[], address: string): boolean {
  return networks.map(parseCidr).some((cidr) => cidr !== undefined && cidrContains(cidr, address));
}

/** True for an address in a network of the edge, and for any other address outside network.machines: it is routed to the edge. */
export function livesOnEdge({ edge, network }: ClusterModel, address: string): boolean {
  return edge !== undefined && (isInside(edge.networks, address) || !isInside(network.machines, address));
}
