/** Listings of the tools → the sections of one central inventory, and what is to be told about them. */

import { InputError } from "../core/errors.ts";
import { isIpv6 } from "../core/ip.ts";
import { type Orchestrator, ROLES, type Role, type ToolName } from "../core/model.ts";
import { isMap, type Value } from "../core/value.ts";
import { mapCeph } from "./map/ceph-ansible.ts";
import { mapConnection } from "./map/connection.ts";
import { listedRoles, mapCustom } from "./map/custom.ts";
import { roleOfGroup } from "./map/group-roles.ts";
import { domainFrom, machineNetworks } from "./map/guesses.ts";
import { hostOrder } from "./map/host-order.ts";
import { isInfraNode, mapKubespray } from "./map/kubespray.ts";
import { mapOpenShift, nodeRoles } from "./map/openshift-ansible.ts";
import { Claims } from "./map/section-values.ts";
import { addressOf } from "./map/shared.ts";
import type { Listing } from "./read/listing.ts";
import { listOf, textOf, type View, viewOf } from "./read/tool-view.ts";

export interface DraftOptions {
  /** Name of the cluster. */
  readonly name: string;
  readonly domain?: string;
  /** Addresses that no inventory holds: host → IP. */
  readonly addresses: ReadonlyMap<string, string>;
}

export interface Draft {
  readonly claims: Claims;
  readonly views: readonly View[];
  /** Guesses, and what they are made of. */
  readonly notes: readonly string[];
  /** The sections without `tools`; schema and rules have not seen them yet. */
  tree(): Record<string, Value>;
}

/** The first one to speak wins where two contradict each other. */
const ORDER: readonly ToolName[] = ["custom", "kubespray", "openshift-ansible", "ceph-ansible"];

/** @throws InputError when two orchestrators are in there, or a host has no address. */
export function draftOf(listings: ReadonlyMap<ToolName, Listing>, options: DraftOptions): Draft {
  const orchestrator = orchestratorOf(listings);
  const names = namesOf(listings);
  const views = ORDER.flatMap((tool) => {
    const listing = listings.get(tool);
    return listing === undefined ? [] : [viewOf(tool, listing, names.get(tool) ?? new Map())];
  });
  const claims = new Claims();
  const notes: string[] = [];
  const roles = rolesOf(views);
  const order = hostOrder(views);
  const hasLoadBalancers = [...roles.values()].some((own) => own.has("load-balancer"));
  for (const view of views) {
    if (view.tool === "custom") mapCustom(view, claims);
    if (view.tool === "kubespray") mapKubespray(view, claims, hasLoadBalancers);
    if (view.tool === "openshift-ansible") mapOpenShift(view, claims);
    if (view.tool === "ceph-ansible") mapCeph(view, claims);
  }
  mapConnection(views, claims);
  for (const [host, ip] of options.addresses)
    claims.put(["hosts", host, "ip"], ip, { tool: "custom", variable: "--address" });
  requireAddresses(order, claims);
  const deployment = claims.get(["etcd", "deployment"]);
  return {
    claims,
    views,
    notes,
    tree() {
      notes.length = 0;
      const sections = claims.tree();
      const written = isMap(sections.hosts) ? sections.hosts : {};
      const hosts: Record<string, Value> = {};
      for (const host of order) {
        const { ip, ip6, address, ssh, ...rest } = (isMap(written[host]) ? written[host] : {}) as Record<
          string,
          Value
        >;
        const own = rolesFor(roles.get(host) ?? new Set(), deployment, views);
        const present = Object.entries({ ip, ip6, address }).filter(([, value]) => value !== undefined);
        hosts[host] = {
          ...(Object.fromEntries(present) as Record<string, Value>),
          roles: own,
          ...rest,
          ...(ssh === undefined ? {} : { ssh }),
        };
      }
      const result: Record<string, Value> = { ...sections, name: options.name, orchestrator, hosts };
      result.domain = options.domain ?? sections.domain ?? guessDomain(order, claims, options.name, notes);
      guessNetwork(result, order, claims, notes);
      return result;
    },
  };
}

function orchestratorOf(listings: ReadonlyMap<ToolName, Listing>): Orchestrator {
  const has = (tool: ToolName) => (listings.get(tool)?.hosts.length ?? 0) > 0;
  if (has("kubespray") && has("openshift-ansible")) {
    throw new InputError("both kubespray and openshift-ansible have hosts: a cluster is one or the other", {
      remedy: "move the inventory of the one that is not used away, or import them one at a time",
    });
  }
  return has("kubespray") ? "kubernetes" : has("openshift-ansible") ? "openshift" : "none";
}

/** One name for each machine: the same in lower case, or the same address under another tool's name. */
function namesOf(listings: ReadonlyMap<ToolName, Listing>): Map<ToolName, Map<string, string>> {
  const result = new Map<ToolName, Map<string, string>>();
  const byAddress = new Map<string, string>();
  const known = new Set<string>();
  for (const tool of ["kubespray", "openshift-ansible", "ceph-ansible", "custom"] as const) {
    const listing = listings.get(tool);
    if (listing === undefined) continue;
    const view = viewOf(tool, listing, new Map());
    const names = new Map<string, string>();
    for (const host of listing.hosts) {
      const lower = host.toLowerCase();
      const address = addressOf(view, host);
      const same = address === undefined || known.has(lower) ? undefined : byAddress.get(address);
      const name = same !== undefined && ![...names.values()].includes(same) ? same : lower;
      names.set(host, name);
      known.add(name);
      if (address !== undefined && !byAddress.has(address)) byAddress.set(address, name);
    }
    result.set(tool, names);
  }
  return result;
}

function rolesOf(views: readonly View[]): Map<string, Set<Role>> {
  const roles = new Map<string, Set<Role>>();
  const listed = new Set<string>();
  for (const view of views) {
    for (const host of view.listing.hosts) {
      // What our own inventory lists is the whole truth.
      if (listed.has(view.nameOf(host))) continue;
      if (view.tool === "custom" && listedRoles(view, host) !== undefined) listed.add(view.nameOf(host));
      const own = roles.get(view.nameOf(host)) ?? new Set();
      roles.set(view.nameOf(host), own);
      for (const role of rolesIn(view, host)) own.add(role);
    }
  }
  return roles;
}

function rolesIn(view: View, host: string): readonly Role[] {
  const groups = view.groupsOf.get(host) ?? [];
  const listed = view.tool === "custom" ? listedRoles(view, host) : undefined;
  if (listed !== undefined) return listed;
  const found = groups.flatMap((group) => roleOfGroup(view.tool, group) ?? []);
  if (view.tool === "kubespray" && isInfraNode(view, host))
    return [...found.filter((role) => role !== "worker"), "infra"];
  if (
    view.tool !== "openshift-ansible" ||
    !groups.some((group) => group === "nodes" || group === "new_nodes")
  )
    return found;
  const own = nodeRoles(view, host);
  return [...found, ...(own.length > 0 || found.includes("control-plane") ? own : (["worker"] as const))];
}

/** With kubeadm's etcd, membership in the group says nothing of its own. Our own inventory's order is kept. */
function rolesFor(roles: ReadonlySet<Role>, deployment: Value | undefined, views: readonly View[]): Role[] {
  const hasOwn = views.some(
    (view) => view.tool === "custom" && view.common("kube_magic_cluster") !== undefined,
  );
  if (hasOwn) return [...roles];
  return ROLES.filter((role) => roles.has(role) && (role !== "etcd" || deployment !== "kubeadm"));
}

function requireAddresses(hosts: readonly string[], claims: Claims): void {
  if (hosts.length === 0)
    throw new InputError("the inventory has no hosts", {
      remedy: "name the inventory of a cluster that exists",
    });
  const missing = hosts.filter((host) => !claims.has(["hosts", host, "ip"]));
  if (missing.length === 0) return;
  throw new InputError(`no address is known for ${missing.join(", ")}: the inventory leaves it to DNS`, {
    remedy: `add ${missing.map((host) => `--address ${host}=IP`).join(" ")}, or set ansible_host in the source`,
  });
}

function guessDomain(hosts: readonly string[], claims: Claims, name: string, notes: string[]): string {
  const search = claims.get(["network", "dns", "search"]);
  const found = domainFrom(hosts, [
    ...(listOf(search) ?? []).slice(0, 1),
    textOf(claims.get(["openshift", "subdomain"])),
    textOf(claims.get(["api", "domain"])),
  ]);
  const domain = found ?? `${name}.internal`;
  notes.push(
    `domain: ${domain} is a guess${found === undefined ? "; nothing in the source names one" : ""} (--domain DOMAIN sets it)`,
  );
  return domain;
}

function guessNetwork(
  tree: Record<string, Value>,
  hosts: readonly string[],
  claims: Claims,
  notes: string[],
): void {
  const network = (isMap(tree.network) ? tree.network : {}) as Record<string, Value>;
  if (network.machines !== undefined) return;
  const vip = textOf(claims.get(["api", "vip"]));
  const addresses = [
    ...hosts.flatMap((host) =>
      ["ip", "ip6"].flatMap((field) => textOf(claims.get(["hosts", host, field])) ?? []),
    ),
    ...(vip === undefined ? [] : [vip]),
  ];
  const known = listOf(claims.get(["storage", "ceph", "publicNetworks"])) ?? [];
  const machines = machineNetworks(addresses, known);
  // The main address of each host decides: without any IPv4, the cluster is an IPv6 one.
  const ordered = [...machines].sort((a, b) => Number(isIpv6(a)) - Number(isIpv6(b)));
  tree.network = { machines: ordered.length === 1 ? (ordered[0] as string) : ordered, ...network };
  notes.push(
    `network.machines: ${ordered.join(", ")} is ${known.some((one) => ordered.includes(one)) ? "Ceph's public network" : "the smallest network that holds all hosts"}: check it`,
  );
}
