/** The gate for ipaddr.js: addresses and networks as the model writes them. */
import ipaddr from "ipaddr.js";

export function isIpv6(addressOrNetwork: string): boolean {
  return addressOrNetwork.includes(":");
}

/** Prefix length of the network that holds the address; 32 or 128 when none does. */
export function prefixIn(networks: readonly string[], address: string): number {
  const parsed = ipaddr.parse(address);
  for (const network of networks) {
    const [base, prefix] = ipaddr.parseCIDR(network);
    if (base.kind() === parsed.kind() && parsed.match(base, prefix)) return prefix;
  }
  return isIpv6(address) ? 128 : 32;
}
