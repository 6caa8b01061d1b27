/** IP addresses and networks; the only user of ipaddr.js beside reverse-zones.ts. Strict: four decimal parts, no octal. */
import ipaddr from "ipaddr.js";

type Address = ipaddr.IPv4 | ipaddr.IPv6;

/** A parsed network in CIDR form. */
export interface Cidr {
  readonly text: string;
  readonly version: 4 | 6;
  readonly prefix: number;
  readonly address: Address;
}

/** Parses an address; undefined when the text is not one. */
export function parseIp(text: string): Address | undefined {
  if (ipaddr.IPv4.isValidFourPartDecimal(text)) return ipaddr.IPv4.parse(text);
  // No zone index (fe80::1%eth0): it has a meaning only on one host.
  if (text.includes(":") && !text.includes("%") && ipaddr.IPv6.isValid(text)) return ipaddr.IPv6.parse(text);
  return undefined;
}

/** 4 or 6; undefined when the text is not an address. */
export function ipVersion(text: string): 4 | 6 | undefined {
  if (ipaddr.IPv4.isValidFourPartDecimal(text)) return 4;
  return parseIp(text) === undefined ? undefined : 6;
}

/** One form for each address: `FD00:0::1` becomes `fd00::1`. Returns other text unchanged. */
export function canonicalIp(text: string): string {
  return parseIp(text)?.toString() ?? text;
}

/** Parses a network in CIDR form; undefined when the text is not one. */
export function parseCidr(text: string): Cidr | undefined {
  const slash = text.lastIndexOf("/");
  const address = slash < 0 ? undefined : parseIp(text.slice(0, slash));
  const length = text.slice(slash + 1);
  if (address === undefined || !/^(?:0|[1-9]\d{0,2})$/.test(length)) return undefined;
  const version = address.kind() === "ipv4" ? 4 : 6;
  const prefix = Number(length);
  return prefix > (version === 4 ? 32 : 128) ? undefined : { text, version, prefix, address };
}

/** The first address of a network: 10.1.2.3/24 → 10.1.2.0. */
export function networkAddress({ address, prefix, version }: Cidr): string {
  const bytes = address.toByteArray();
  const masked = bytes.map((byte, index) => {
    const bits = Math.min(8, Math.max(0, prefix - index * 8));
    return byte & (0xff << (8 - bits));
  });
  return ipaddr.fromByteArray(masked.slice(0, version === 4 ? 4 : 16)).toString();
}

/** True when the network contains the address. */
export function cidrContains(cidr: Cidr, ip: string): boolean {
  const address = parseIp(ip);
  return address !== undefined && matches(address, cidr.address, cidr.prefix);
}

/** True when the networks have a common address. */
export function cidrsOverlap(a: Cidr, b: Cidr): boolean {
  return matches(a.address, b.address, Math.min(a.prefix, b.prefix));
}

function matches(one: Address, other: Address, prefix: number): boolean {
  if (one.kind() !== other.kind()) return false;
  const left = one.toByteArray();
  const right = other.toByteArray();
  for (let bit = 0; bit < prefix; bit += 8) {
    const mask = 0xff << Math.max(0, 8 - (prefix - bit));
    if (((left[bit / 8] ?? 0) & mask & 0xff) !== ((right[bit / 8] ?? 0) & mask & 0xff)) return false;
  }
  return true;
}

/** True for IPv6. The text must be a valid address or network. */
export function isIpv6(addressOrNetwork: string): boolean {
  return addressOrNetwork.includes(":");
}
