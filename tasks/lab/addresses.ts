/** Addresses of a lab: which ones its hosts get. IPv4 only; arithmetic on unsigned 32-bit numbers. */

export interface Subnet {
  readonly first: number;
  readonly prefix: number;
}

/** Offset in the subnet of the first address that is given out by itself: .1 is the gateway, below .11 is yours. */
const FIRST_HOST = 11;

export function addressToNumber(address: string): number {
  return address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
}

export function numberToAddress(value: number): string {
  return [24, 16, 8, 0].map((shift) => (value >>> shift) & 255).join(".");
}

/** `198.18.0.0/24` → its network address and prefix length, or undefined when it is no IPv4 CIDR. */
export function parseSubnet(text: string): Subnet | undefined {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/.exec(text);
  if (match === null || match.slice(1, 5).some((part) => Number(part) > 255)) return undefined;
  const prefix = Number(match[5]);
  if (prefix > 32) return undefined;
  const first = addressToNumber(text.slice(0, text.indexOf("/")));
  return first % sizeOf(prefix) === 0 ? { first, prefix } : undefined;
}

/** The subnet that an address with a prefix length lies in. */
export function subnetOf(address: string, prefix: number): Subnet {
  const value = addressToNumber(address);
  return { first: value - (value % sizeOf(prefix)), prefix };
}

function sizeOf(prefix: number): number {
  return 2 ** (32 - prefix);
}

/** True for an address that a host can have: not the network's own, not the broadcast address. */
export function isHostAddress(subnet: Subnet, address: string): boolean {
  const offset = addressToNumber(address) - subnet.first;
  return offset > 0 && offset < sizeOf(subnet.prefix) - 1;
}

export function subnetsOverlap(a: Subnet, b: Subnet): boolean {
  return a.first < b.first + sizeOf(b.prefix) && b.first < a.first + sizeOf(a.prefix);
}

/** The bridge's address, which is the hosts' gateway: the first one of the subnet. */
export function gatewayOf(subnet: Subnet): string {
  return numberToAddress(subnet.first + 1);
}

/**
 * Gives every host an address: its own, or the next free one from .11 on, in declaration order.
 * Returns undefined for the hosts that no longer fit.
 */
export function allocate(
  subnet: Subnet,
  wishes: readonly { readonly name: string; readonly ip: string | undefined }[],
  reserved: readonly string[],
): ReadonlyMap<string, string | undefined> {
  const taken = new Set([...reserved, ...wishes.flatMap((host) => (host.ip === undefined ? [] : [host.ip]))]);
  const given = new Map<string, string | undefined>();
  let next = subnet.first + FIRST_HOST;
  for (const { name, ip } of wishes) {
    if (ip !== undefined) {
      given.set(name, ip);
      continue;
    }
    while (taken.has(numberToAddress(next))) next += 1;
    const address = numberToAddress(next);
    next += 1;
    given.set(name, isHostAddress(subnet, address) ? address : undefined);
  }
  return given;
}
