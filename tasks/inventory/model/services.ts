/** Builds the models of dns, resolver, registry, routes and edge; some defaults depend on the rest of the inventory. */
import { canonicalIp, isIpv6 } from "../../core/ip.ts";
import type { Dns, Edge, Registry, Resolver, Routes } from "../../core/model/services.ts";
import type { EdgeVip, Host, Network } from "../../core/model.ts";
import type { Settings } from "../schema/cluster.ts";

/** What the defaults of the services depend on. */
export interface Surroundings {
  readonly hosts: readonly Host[];
  readonly network: Network;
  readonly edgeVips: readonly EdgeVip[];
}

/** Each is present when its section is. */
export interface Services {
  readonly dns?: Dns;
  readonly resolver?: Resolver;
  readonly registry?: Registry;
  readonly routes?: Routes;
  readonly edge?: Edge;
}

/** The services that have a section. */
export function buildServices(settings: Settings, around: Surroundings): Services {
  const { dns, resolver, registry, routes, edge } = settings;
  return {
    ...(dns === undefined ? {} : { dns: buildDns(dns, settings, around) }),
    ...(resolver === undefined ? {} : { resolver: buildResolver(resolver, settings, around) }),
    ...(registry === undefined
      ? {}
      : { registry: { ...registry, domain: registry.domain ?? `registry.${settings.domain}` } }),
    ...(routes === undefined ? {} : { routes: buildRoutes(routes) }),
    ...(edge === undefined
      ? {}
      : {
          edge: {
            interface: edge.interface,
            networks: list(edge.networks),
            gateways: list(edge.gateways).map(canonicalIp),
            table: edge.table,
          },
        }),
  };
}

function buildDns(dns: NonNullable<Settings["dns"]>, settings: Settings, around: Surroundings): Dns {
  const { domain, orchestrator, openshift } = settings;
  const apps = (orchestrator === "openshift" ? openshift.subdomain : undefined) ?? `apps.${domain}`;
  const addresses = dns.ingress.addresses?.map(canonicalIp) ?? ingressAddresses(around);
  const own = ownServers(around);
  return {
    ttl: dns.ttl,
    contact: dns.contact ?? `hostmaster.${domain}`,
    // network.dns.servers may name our own name servers already: these must not forward to themselves.
    forwarders:
      dns.forwarders?.map(canonicalIp) ?? around.network.dns.servers.filter((server) => !own.has(server)),
    clients: dns.clients,
    dnssecValidation: dns.dnssecValidation,
    ...(addresses.length === 0 ? {} : { ingress: { domain: dns.ingress.domain ?? apps, addresses } }),
    records: dns.records,
  };
}

function ingressAddresses({ hosts, edgeVips }: Surroundings): readonly string[] {
  if (edgeVips.length > 0) return edgeVips.map(({ address }) => address);
  const of = (role: "infra" | "worker") =>
    hosts.filter(({ roles }) => roles.includes(role)).map(({ ip }) => ip);
  return of("infra").length > 0 ? of("infra") : of("worker");
}

/** Every address of the hosts with role dns. */
function ownServers({ hosts }: Surroundings): ReadonlySet<string> {
  const servers = hosts.filter(({ roles }) => roles.includes("dns"));
  return new Set(servers.flatMap(({ ip, ip6 }) => (ip6 === undefined ? [ip] : [ip, ip6])));
}

function buildResolver(
  resolver: NonNullable<Settings["resolver"]>,
  settings: Settings,
  around: Surroundings,
): Resolver {
  const { network, hosts } = around;
  const own = settings.dns === undefined ? [] : hosts.filter(({ roles }) => roles.includes("dns"));
  const fallback = own.length > 0 ? own.slice(0, 2).map(({ ip }) => ip) : network.dns.servers;
  const servers = resolver.servers?.map(canonicalIp) ?? fallback;
  const ours = ownServers(around);
  return {
    servers,
    search: resolver.search ?? [...new Set([settings.domain, ...network.dns.search])],
    own: settings.dns !== undefined && servers.some((server) => ours.has(server)),
  };
}

function buildRoutes({ podNetworks, fromApi }: NonNullable<Settings["routes"]>): Routes {
  const named = Object.entries(podNetworks).map(([host, networks]) => [host, list(networks)] as const);
  return { podNetworks: Object.fromEntries(named), fromApi };
}

/** IPv4 first, in whatever order they are written. */
function list(values: string | readonly string[]): string[] {
  const all = typeof values === "string" ? [values] : [...values];
  return all.sort((a, b) => Number(isIpv6(a)) - Number(isIpv6(b)));
}
