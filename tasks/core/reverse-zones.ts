/** Names of addresses and networks under in-addr.arpa and ip6.arpa. */
import ipaddr from "ipaddr.js";
import { networkAddress, parseCidr, parseIp } from "./ip.ts";

/** `10.1.2.3` → `3.2.1.10.in-addr.arpa`; undefined when the text is not an address. */
export function reverseName(ip: string): string | undefined {
  const address = parseIp(ip);
  return address === undefined ? undefined : nameOf(labelsOf(address.toByteArray()), address.kind());
}

/**
 * The zones that together are exactly the network: one zone when its prefix ends at a dot, else one for each part up to the
 * next dot (a /22 has four, a /25 has 128 of one address each), so that no zone contains addresses of others. At most 128
 * for IPv4 and 8 for IPv6; empty when the text is not a network.
 */
export function reverseZones(network: string): readonly string[] {
  const cidr = parseCidr(network);
  if (cidr === undefined) return [];
  const bitsPerLabel = cidr.version === 4 ? 8 : 4;
  const kept = Math.ceil(cidr.prefix / bitsPerLabel);
  const count = 2 ** (kept * bitsPerLabel - cidr.prefix);
  const first = labelsOf(ipaddr.parse(networkAddress(cidr)).toByteArray()).slice(0, kept);
  const kind = cidr.version === 4 ? "ipv4" : "ipv6";
  return Array.from({ length: count }, (_, offset) =>
    nameOf([...first.slice(0, -1), ...first.slice(-1).map((label) => label + offset)], kind),
  );
}

/** The four numbers of an IPv4 address, or the 32 hexadecimal digits of an IPv6 address. */
function labelsOf(bytes: readonly number[]): number[] {
  return bytes.length === 4 ? [...bytes] : bytes.flatMap((byte) => [byte >> 4, byte & 15]);
}

function nameOf(labels: readonly number[], kind: "ipv4" | "ipv6"): string {
  const words = labels.map((label) => label.toString(kind === "ipv4" ? 10 : 16)).reverse();
  return [...words, kind === "ipv4" ? "in-addr.arpa" : "ip6.arpa"].join(".");
}
