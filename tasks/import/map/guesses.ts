/** What a central inventory must say and no tool's inventory does: guessed from the rest, and told. */
import { canonicalIp, cidrContains, isIpv6, networkAddress, parseCidr } from "../../core/ip.ts";

/** The smallest network that holds all addresses of one family: at most a /24, or a /64, as networks of machines are. */
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

/** The machines' networks: those of Ceph's when all hosts are in there, else the smallest ones. */
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

/** The DNS domain of the hosts, from names that end in it; none of a cluster's inside. */
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
