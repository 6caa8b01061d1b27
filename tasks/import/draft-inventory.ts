/** Drafts the sections of one central inventory from the listings of the tools. */

import { InputError } from "../core/errors.ts";
import { isIpv6 } from "../core/ip.ts";
import type { Orchestrator, Role, ToolName } from "../core/model.ts";
import { isMap, type Value } from "../core/value.ts";
import { mapCeph } from "./map/ceph-ansible.ts";
import { mapConnection } from "./map/connection.ts";
import { mapCustom } from "./map/custom.ts";
import { domainFrom, machineNetworks } from "./map/guesses.ts";
import { namesOf } from "./map/host-names.ts";
import { hostOrder } from "./map/host-order.ts";
import { rolesFor, rolesOf } from "./map/host-roles.ts";
import { mapKubespray } from "./map/kubespray.ts";
import { mapOpenShift } from "./map/openshift-ansible.ts";
import { SectionValues } from "./map/section-values.ts";
import type { Listing } from "./read/listing.ts";
import { listOf, type ToolView, textOf, toolView } from "./read/tool-view.ts";

/** What the inventories of the tools do not contain. */
export interface DraftOptions {
  /** Name of the cluster. */
  readonly name: string;
  readonly domain?: string;
  /** Host → IP address, for hosts that the inventories reach by name only. */
  readonly addresses: ReadonlyMap<string, string>;
}

/** A central inventory that neither the schema nor the rules have checked. */
export interface Draft {
  readonly sections: SectionValues;
  readonly views: readonly ToolView[];
  /** Guessed values, each with its reason; filled by `tree`. */
  readonly notes: readonly string[];
  /** The sections as one map, without `tools`. */
  tree(): Record<string, Value>;
}

/** Where two tools contradict each other, the first of these wins. */
const ORDER: readonly ToolName[] = ["custom", "kubespray", "openshift-ansible", "ceph-ansible"];

/** @throws InputError when the listings have two orchestrators, no host, or a host without an address. */
export function draftInventory(listings: ReadonlyMap<ToolName, Listing>, options: DraftOptions): Draft {
  const orchestrator = orchestratorOf(listings);
  const names = namesOf(listings);
  const views = ORDER.flatMap((tool) => {
    const listing = listings.get(tool);
    return listing === undefined ? [] : [toolView(tool, listing, names.get(tool) ?? new Map())];
  });
  const sections = new SectionValues();
  const notes: string[] = [];
  const roles = rolesOf(views);
  const order = hostOrder(views);
  const hasLoadBalancers = [...roles.values()].some((own) => own.has("load-balancer"));
  for (const view of views) {
    if (view.tool === "custom") mapCustom(view, sections);
    if (view.tool === "kubespray") mapKubespray(view, sections, hasLoadBalancers);
    if (view.tool === "openshift-ansible") mapOpenShift(view, sections);
    if (view.tool === "ceph-ansible") mapCeph(view, sections);
  }
  mapConnection(views, sections);
  for (const [host, ip] of options.addresses)
    sections.put(["hosts", host, "ip"], ip, { tool: "custom", variable: "--address" });
  requireAddresses(order, sections);
  return {
    sections,
    views,
    notes,
    tree() {
      notes.length = 0;
      const written = sections.tree();
      const hosts = hostSections(written.hosts, order, views, roles, sections.get(["etcd", "deployment"]));
      const result: Record<string, Value> = { ...written, name: options.name, orchestrator, hosts };
      result.domain = options.domain ?? written.domain ?? guessDomain(order, sections, options.name, notes);
      guessNetwork(result, order, sections, notes);
      return result;
    },
  };
}

/** The section hosts: addresses first, then roles, then the rest. */
function hostSections(
  written: Value | undefined,
  order: readonly string[],
  views: readonly ToolView[],
  roles: ReadonlyMap<string, ReadonlySet<Role>>,
  deployment: Value | undefined,
): Record<string, Value> {
  const known = isMap(written) ? written : {};
  return Object.fromEntries(
    order.map((host) => {
      const own = known[host];
      const { ip, ip6, address, ssh, ...rest } = (isMap(own) ? own : {}) as Record<string, Value>;
      const present = Object.entries({ ip, ip6, address }).filter(([, value]) => value !== undefined);
      const section = {
        ...(Object.fromEntries(present) as Record<string, Value>),
        roles: rolesFor(roles.get(host) ?? new Set(), deployment, views),
        ...rest,
        ...(ssh === undefined ? {} : { ssh }),
      };
      return [host, section];
    }),
  );
}

function orchestratorOf(listings: ReadonlyMap<ToolName, Listing>): Orchestrator {
  const has = (tool: ToolName) => (listings.get(tool)?.hosts.length ?? 0) > 0;
  if (has("kubespray") && has("openshift-ansible")) {
    throw new InputError("both kubespray and openshift-ansible have hosts: a cluster has only one of them", {
      remedy: "import one of them alone: npm run inventory:import -- --from kubespray DIR",
    });
  }
  return has("kubespray") ? "kubernetes" : has("openshift-ansible") ? "openshift" : "none";
}

function requireAddresses(hosts: readonly string[], sections: SectionValues): void {
  if (hosts.length === 0)
    throw new InputError("the inventory has no hosts", {
      remedy: "name the inventory of an existing cluster",
    });
  const missing = hosts.filter((host) => !sections.has(["hosts", host, "ip"]));
  if (missing.length === 0) return;
  throw new InputError(`the inventory has no address for ${missing.join(", ")}: it reaches them by name`, {
    remedy: `add ${missing.map((host) => `--address ${host}=IP`).join(" ")}, or set ansible_host in the source`,
  });
}

function guessDomain(
  hosts: readonly string[],
  sections: SectionValues,
  name: string,
  notes: string[],
): string {
  const search = sections.get(["network", "dns", "search"]);
  const found = domainFrom(hosts, [
    ...(listOf(search) ?? []).slice(0, 1),
    textOf(sections.get(["openshift", "subdomain"])),
    textOf(sections.get(["api", "domain"])),
  ]);
  const domain = found ?? `${name}.internal`;
  notes.push(
    `domain: ${domain} is a guess${found === undefined ? ", because the source has no domain" : ""}; set it with --domain DOMAIN`,
  );
  return domain;
}

function guessNetwork(
  tree: Record<string, Value>,
  hosts: readonly string[],
  sections: SectionValues,
  notes: string[],
): void {
  const network = (isMap(tree.network) ? tree.network : {}) as Record<string, Value>;
  if (network.machines !== undefined) return;
  const vip = textOf(sections.get(["api", "vip"]));
  const addresses = [
    ...hosts.flatMap((host) =>
      ["ip", "ip6"].flatMap((field) => textOf(sections.get(["hosts", host, field])) ?? []),
    ),
    ...(vip === undefined ? [] : [vip]),
  ];
  const known = listOf(sections.get(["storage", "ceph", "publicNetworks"])) ?? [];
  const machines = machineNetworks(addresses, known);
  // IPv4 first: a cluster is an IPv6 one only when no host has an IPv4 address.
  const ordered = [...machines].sort((a, b) => Number(isIpv6(a)) - Number(isIpv6(b)));
  tree.network = { machines: ordered.length === 1 ? (ordered[0] as string) : ordered, ...network };
  notes.push(
    `network.machines: ${ordered.join(", ")} is a guess (${known.some((one) => ordered.includes(one)) ? "Ceph's public network" : "the smallest network that contains all hosts"}): check it`,
  );
}
