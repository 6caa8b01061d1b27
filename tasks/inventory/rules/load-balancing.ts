/** Rules about the load balancers and their virtual addresses. */
import { canonicalIp, cidrContains, parseCidr } from "../../core/ip.ts";
import { type ClusterModel, hostsWith } from "../../core/model.ts";
import type { InventoryPath } from "../../core/path.ts";
import type { Rule } from "./rule-type.ts";

interface Vip {
  readonly name: string;
  readonly path: InventoryPath;
  readonly vridPath: InventoryPath;
  readonly address: string;
  readonly vrid: number;
}

function vipsOf({ api, loadBalancer }: ClusterModel): Vip[] {
  const edge = loadBalancer.edgeVips.map(({ address, vrid }, index): Vip => {
    const path = ["loadBalancer", "edgeVips", index];
    return {
      name: `edge address ${index + 1}`,
      path: [...path, "address"],
      vridPath: [...path, "vrid"],
      address,
      vrid,
    };
  });
  if (api.vip === undefined) return edge;
  return [
    {
      name: "API address",
      path: ["api", "vip"],
      vridPath: ["api", "vrid"],
      address: api.vip,
      vrid: api.vrid,
    },
    ...edge,
  ];
}

export const vipWithoutLoadBalancer: Rule = {
  code: "KM134",
  severity: "error",
  title: "A virtual address without a load balancer",
  rationale:
    "Only keepalived sets up virtual addresses, and it runs only on hosts with the role load-balancer.",
  *check(model) {
    const [vip] = vipsOf(model);
    if (vip === undefined || hostsWith(model, "load-balancer").length > 0) return;
    const message = `the ${vip.name} ${vip.address} needs a host with the role load-balancer`;
    yield {
      path: vip.path,
      message,
      remedy: "give the role load-balancer to two hosts, or remove the address",
    };
  },
};

export const loadBalancerWithoutVip: Rule = {
  code: "KM135",
  severity: "warning",
  title: "Load balancers without a virtual address",
  rationale: "Without api.vip, clients depend on the address of a single load balancer.",
  *check(model) {
    const [first] = hostsWith(model, "load-balancer");
    if (first === undefined || vipsOf(model).length > 0) return;
    const message = "there are load balancers, but they have no virtual address";
    yield {
      path: ["hosts", first.name, "roles"],
      message,
      remedy: "set api.vip to a free address of the machine network",
    };
  },
};

export const singleLoadBalancer: Rule = {
  code: "KM136",
  severity: "warning",
  title: "A single load balancer",
  rationale: "When it fails, the virtual address cannot move to another host, and the API is unavailable.",
  *check(model) {
    const [first, second] = hostsWith(model, "load-balancer");
    if (first === undefined || second !== undefined || vipsOf(model).length === 0) return;
    const message = `${first.name} is the only load balancer: when it fails, the API is unavailable`;
    yield {
      path: ["hosts", first.name, "roles"],
      message,
      remedy: "give the role load-balancer to a second host",
    };
  },
};

export const portTaken: Rule = {
  code: "KM137",
  severity: "error",
  title: "Two services on one port of a load balancer",
  rationale:
    "On a host that is a load balancer and a control plane, HAProxy and the API server cannot both use the API's port: the second one does not start.",
  *check(model) {
    const { api, loadBalancer } = model;
    const balancers = hostsWith(model, "load-balancer");
    const shared = balancers.find(({ roles }) => roles.includes("control-plane"));
    if (shared !== undefined && model.orchestrator !== "none") {
      if (api.port === api.backendPort) {
        yield {
          path: ["hosts", shared.name, "roles"],
          message: `on ${shared.name}, HAProxy and the API server both use port ${api.port}`,
          remedy: "set api.port to another port, such as 8443 or 7443, or use separate load balancers",
        };
      }
      if (loadBalancer.statsPort === api.backendPort) {
        yield {
          path: ["loadBalancer", "statsPort"],
          ...clash(shared.name, api.backendPort, "the API server"),
        };
      }
    }
    if (balancers[0] !== undefined && loadBalancer.statsPort === api.port) {
      yield { path: ["loadBalancer", "statsPort"], ...clash(balancers[0].name, api.port, "the API address") };
    }
  },
};

const clash = (host: string, port: number, other: string) => ({
  message: `on ${host}, HAProxy's statistics page and ${other} both use port ${port}`,
  remedy: "set loadBalancer.statsPort to a free port, such as 8404",
});

export const vipOutside: Rule = {
  code: "KM138",
  severity: "error",
  title: "The API address is outside the machine network",
  rationale:
    "Other machines reach a virtual address only in the network segment where keepalived announces it.",
  *check({ api, network }) {
    const { vip } = api;
    if (vip === undefined || isInside(network.machines, vip)) return;
    const message = `the API address ${vip} is outside the machine network ${network.machines.join(", ")}`;
    yield { path: ["api", "vip"], message, remedy: "choose a free address inside the machine network" };
  },
};

function isInside(networks: readonly string[], ip: string): boolean {
  return networks.some((text) => {
    const cidr = parseCidr(text);
    return cidr !== undefined && cidrContains(cidr, ip);
  });
}

export const vipTaken: Rule = {
  code: "KM139",
  severity: "error",
  title: "A virtual address is the address of a host",
  rationale: "Two machines would answer for the address, and connections would break at random.",
  *check(model) {
    const owners = new Map<string, string>();
    for (const { name, ip, ip6, address } of model.hosts) {
      for (const own of [ip, ip6, address]) if (own !== undefined) owners.set(canonicalIp(own), name);
    }
    for (const { name, path, address } of vipsOf(model)) {
      const owner = owners.get(address);
      if (owner === undefined) continue;
      yield {
        path,
        message: `the ${name} ${address} is the address of ${owner}`,
        remedy: "choose a free address for the virtual address",
      };
    }
  },
};

export const sameVip: Rule = {
  code: "KM140",
  severity: "error",
  title: "One virtual address twice",
  rationale: "Each virtual address belongs to exactly one VRRP group.",
  *check(model) {
    const seen = new Map<string, string>();
    for (const { name, path, address } of vipsOf(model)) {
      const other = seen.get(address);
      seen.set(address, other ?? name);
      if (other === undefined) continue;
      yield { path, message: `${address} is the ${other} too`, remedy: "choose another address" };
    }
  },
};

export const sameVrid: Rule = {
  code: "KM141",
  severity: "error",
  title: "One VRRP router id twice",
  rationale:
    "The id identifies a VRRP group. Two addresses with the same id would be in one group, and both would fail.",
  *check(model) {
    const seen = new Map<number, string>();
    for (const { name, vridPath, vrid } of vipsOf(model)) {
      const other = seen.get(vrid);
      seen.set(vrid, other ?? name);
      if (other === undefined) continue;
      const message = `the ${name} has the VRRP router id ${vrid}, which the ${other} has too`;
      yield { path: vridPath, message, remedy: "give each virtual address its own id, from 1 to 255" };
    }
  },
};
