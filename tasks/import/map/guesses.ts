/** Guesses what a central inventory requires and no tool's inventory contains. The import reports each guess. */
import { canonicalIp, cidrContains, isIpv6, networkAddress, parseCidr } from "../../core/ip.ts";

/** The smallest network that contains all addresses of one family, but a /24 (IPv4) or a /64 (IPv6) at least. */
export function networkOf(addresses: readonly string[]): string | undefined {
  const [first] = addresses;
  if (first === undefined) return undefined;
  for (let prefix = isIpv6(first) ? 64 : 24; prefix >= 0; prefix -= 1) {
    const parsed = parseCidr(`${canonicalIp(first)}/${prefix}`);
    if (parsed === undefined) return undefined;
    const network = parseCidr(`${networkAddress(parsed)}/${prefix}`);
    if (network !== undefined && addresses.every((address) => cidrContains(network, address)))
      return network.text;
  }
  return undefined;
}

/**
 * The networks of the machines, one per address family.
 * @param known networks of Ceph: taken when one contains all hosts
 */
export function machineNetworks(addresses: readonly string[], known: readonly string[]): readonly string[] {
  return [false, true].flatMap((v6) => {
    const family = addresses.filter((address) => isIpv6(address) === v6);
    const fitting = known.find((text) => {
      const cidr = parseCidr(text);
      return (
        isIpv6(text) === v6 && cidr !== undefined && family.every((address) => cidrContains(cidr, address))
      );
    });
    const network = family.length === 0 ? undefined : (fitting ?? networkOf(family));
    return network === undefined ? [] : [network];
  });
}

/** The DNS domain of the hosts, from their names or other names of the cluster; never a `.local` domain. */
export function domainFrom(
  hosts: readonly string[],
  names: readonly (string | undefined)[],
): string | undefined {
  const suffix = (name: string) => name.slice(name.indexOf(".") + 1);
  const full = hosts.filter((name) => name.includes("."));
  const [first] = full;
  if (first !== undefined && full.every((name) => suffix(name) === suffix(first))) return suffix(first);
  const others = names.flatMap((name) =>
    name === undefined || parseCidr(`${name}/1`) !== undefined || /\.local$/.test(name) ? [] : [name],
  );
  return others
    .map((name) =>
      /^(?:api|apps|k8s|kube|openshift|master|cloudapps)[^.]*\./.test(name) ? suffix(name) : name,
    )
    .find((name) => name.includes("."));
}
