/** Rules about the addresses of the hosts. */
import { type Cidr, canonicalIp, cidrContains, ipVersion, networkAddress, parseCidr } from "../../core/ip.ts";
import type { ClusterModel } from "../../core/model.ts";
import type { Rule } from "./rule-type.ts";

function machineNetworks({ network }: ClusterModel): Cidr[] {
  return network.machines.flatMap((text) => parseCidr(text) ?? []);
}

export const addressOutside: Rule = {
  code: "KM144",
  severity: "error",
  title: "A host's address is outside the machine network",
  rationale:
    "Certificates, firewalls and virtual addresses are made for network.machines. Most often a digit is wrong.",
  *check(model) {
    const networks = machineNetworks(model);
    for (const { name, ip, ip6 } of model.hosts) {
      for (const [field, address] of [
        ["ip", ip],
        ["ip6", ip6],
      ] as const) {
        if (address === undefined || networks.some((cidr) => cidrContains(cidr, address))) continue;
        const message = `${address} of ${name} is outside the machine network ${model.network.machines.join(", ")}`;
        yield { path: ["hosts", name, field], message, remedy: "correct the address, or network.machines" };
      }
    }
  },
};

export const addressFamily: Rule = {
  code: "KM145",
  severity: "error",
  title: "A host's address has the wrong family",
  rationale: "ip is IPv4 if the cluster has IPv4. In a dual-stack cluster, every host also has an ip6.",
  *check(model) {
    const families = new Set(machineNetworks(model).map(({ version }) => version));
    for (const { name, ip, ip6 } of model.hosts) {
      const path = ["hosts", name];
      if (families.has(4) && ipVersion(ip) === 6) {
        yield {
          path: [...path, "ip"],
          message: `ip of ${name} must be IPv4`,
          remedy: "write the IPv6 address as ip6",
        };
      }
      if (ip6 !== undefined && ipVersion(ip6) === 4) {
        yield {
          path: [...path, "ip6"],
          message: `ip6 of ${name} must be IPv6`,
          remedy: "write the IPv4 address as ip",
        };
      }
      if (families.size === 2 && ip6 === undefined) {
        const message = `${name} has no ip6, but the cluster has IPv4 and IPv6`;
        yield {
          path,
          message,
          remedy: "give the host an ip6, or remove the IPv6 network from network.machines",
        };
      }
    }
  },
};

export const sameAddress: Rule = {
  code: "KM146",
  severity: "error",
  title: "Two hosts have one address",
  rationale: "Both names would mean the same machine, and the other machine would not be set up.",
  *check(model) {
    const owners = new Map<string, string>();
    for (const { name, ip, ip6, address, ssh } of model.hosts) {
      // Behind NAT, hosts share an address and differ in the port.
      const reachedAt = address === undefined ? undefined : `${canonicalIp(address)} port ${ssh.port}`;
      for (const [field, key] of [
        ["ip", ip],
        ["ip6", ip6],
        ["address", reachedAt],
      ] as const) {
        if (key === undefined) continue;
        const owner = owners.get(key);
        if (owner === undefined) owners.set(key, name);
        else if (owner !== name) {
          const message = `${name} has the address ${key}, which ${owner} has too`;
          yield { path: ["hosts", name, field], message, remedy: "give each host its own address" };
        }
      }
    }
  },
};

export const reservedAddress: Rule = {
  code: "KM147",
  severity: "error",
  title: "A host has the network address or the broadcast address",
  rationale: "The first and the last address of an IPv4 network cannot belong to a machine.",
  *check(model) {
    const reserved = new Map<string, string>();
    for (const cidr of machineNetworks(model)) {
      if (cidr.version !== 4 || cidr.prefix > 30) continue;
      reserved.set(networkAddress(cidr), "the network address");
      reserved.set(broadcastOf(cidr), "the broadcast address");
    }
    for (const { name, ip } of model.hosts) {
      const what = reserved.get(ip);
      if (what === undefined) continue;
      const message = `${ip} of ${name} is ${what}`;
      yield {
        path: ["hosts", name, "ip"],
        message,
        remedy: "choose an address between the first and the last one of the network",
      };
    }
  },
};

function broadcastOf(cidr: Cidr): string {
  const bytes = networkAddress(cidr).split(".").map(Number);
  return bytes
    .map((byte, index) => byte | (0xff >> Math.min(8, Math.max(0, cidr.prefix - index * 8))))
    .join(".");
}
