/** The zones of the cluster's own name servers, computed from the central inventory alone. */
import { canonicalIp, isIpv6, parseIp } from "./ip.ts";
import type { ExtraRecord } from "./model/services.ts";
import { type ClusterModel, type Host, hostsWith } from "./model.ts";
import { reverseName, reverseZones } from "./reverse-zones.ts";

/** A record. Its name is absolute, without the dot at its end. */
export interface ZoneRecord {
  readonly name: string;
  readonly type: ExtraRecord["type"] | "NS" | "PTR";
  /** As in a zone file; names in it are absolute, with the dot at their end. */
  readonly value: string;
}

/** A zone with all its records. */
export interface Zone {
  readonly name: string;
  readonly records: readonly ZoneRecord[];
}

/** `master1` → `master1.example.com`; a name inside the domain stays as it is. */
export function hostDomain(model: ClusterModel, { name }: Pick<Host, "name">): string {
  return isWithin(name, model.domain) ? name : `${name}.${model.domain}`;
}

/** True when a name is the domain itself or is below it. */
export function isWithin(name: string, domain: string): boolean {
  return name === domain || name.endsWith(`.${domain}`);
}

/** The absolute name of a name in the section: relative to the domain, absolute with a dot at its end, or `@`. */
export function absoluteName(name: string, domain: string): string {
  if (name === "@") return domain;
  return name.endsWith(".") ? name.slice(0, -1) : `${name}.${domain}`;
}

/** A name of the cluster itself, what it names, and its addresses. */
export interface NamedAddresses {
  readonly name: string;
  readonly what: string;
  readonly addresses: readonly string[];
}

/** Names of the hosts, the API, the registry and the applications; without names that have no address. */
export function namedAddresses(model: ClusterModel): readonly NamedAddresses[] {
  const { dns, registry } = model;
  const hosts = model.hosts.map((host) => ({
    name: hostDomain(model, host),
    what: `the host ${host.name}`,
    addresses: addressesOf(host),
  }));
  const api = apiAddresses(model);
  return [
    ...hosts,
    ...(api.length === 0 ? [] : [{ name: model.api.domain, what: "the API", addresses: api }]),
    ...(registry === undefined
      ? []
      : [
          {
            name: registry.domain,
            what: "the registry",
            addresses: hostsWith(model, "registry").flatMap(addressesOf),
          },
        ]),
    ...(dns?.ingress === undefined
      ? []
      : [dns.ingress.domain, `*.${dns.ingress.domain}`].map((name) => ({
          name,
          what: "the applications",
          addresses: dns.ingress?.addresses ?? [],
        }))),
  ].filter(({ addresses }) => addresses.length > 0);
}

/** The virtual address, else the first load balancer, else the only control plane: as prep-hosts sets up the API. */
export function apiAddresses(model: ClusterModel): readonly string[] {
  if (model.api.vip !== undefined) return [model.api.vip];
  const [balancer] = hostsWith(model, "load-balancer");
  const planes = hostsWith(model, "control-plane");
  const host = balancer ?? (planes.length === 1 ? planes[0] : undefined);
  return host === undefined ? [] : [host.ip];
}

/**
 * The cluster's domain; a zone for each of our names outside it, so that other names of that other domain are still resolved
 * by its own servers; and the reverse zones of the machine networks. Empty without the section dns.
 */
export function zonesOf(model: ClusterModel): readonly Zone[] {
  if (model.dns === undefined) return [];
  const named = namedAddresses(model);
  const own = [model.domain, ...named.map(({ name }) => name.replace(/^\*\./, ""))];
  const forward = outermost(own);
  const reverse = [...new Set(model.network.machines.flatMap(reverseZones))];
  const records = [
    ...named.flatMap(({ name, addresses }) => addresses.map((address) => addressRecord(name, address))),
    ...model.dns.records.map((record) => extraRecord(record, model.domain)),
    ...model.hosts.flatMap((host) => addressesOf(host).map((ip) => pointer(ip, hostDomain(model, host)))),
  ];
  const servers = hostsWith(model, "dns").map((host) => `${hostDomain(model, host)}.`);
  const names = [...forward, ...reverse];
  const sorted = new Map<string, ZoneRecord[]>(names.map((name) => [name, []]));
  for (const record of records) zoneRecords(sorted, record.name)?.push(record);
  return names.map((name) => ({
    name,
    records: unique([
      ...servers.map((value) => ({ name, type: "NS" as const, value })),
      ...(sorted.get(name) ?? []),
    ]),
  }));
}

/** The records of the zone that contains a name: the nearest zone above it. */
function zoneRecords(zones: ReadonlyMap<string, ZoneRecord[]>, name: string): ZoneRecord[] | undefined {
  for (let at = name; ; at = at.slice(at.indexOf(".") + 1)) {
    const found = zones.get(at);
    if (found !== undefined || !at.includes(".")) return found;
  }
}

/** Names that are below no other name of the list, in the order of the list. */
function outermost(names: readonly string[]): readonly string[] {
  const all = new Set(names);
  return [...all].filter((name) => ![...all].some((other) => other !== name && isWithin(name, other)));
}

function addressesOf({ ip, ip6 }: Host): readonly string[] {
  return ip6 === undefined ? [ip] : [ip, ip6];
}

function addressRecord(name: string, address: string): ZoneRecord {
  return { name, type: isIpv6(address) ? "AAAA" : "A", value: address };
}

function pointer(ip: string, name: string): ZoneRecord {
  return { name: reverseName(ip) ?? "", type: "PTR", value: `${name}.` };
}

function extraRecord({ name, type, value }: ExtraRecord, domain: string): ZoneRecord {
  const owner = absoluteName(name, domain);
  const target = (text: string): string => (text === "." ? text : `${absoluteName(text, domain)}.`);
  switch (type) {
    case "A":
    case "AAAA":
      return { name: owner, type, value: canonicalIp(value) };
    case "CNAME":
      return { name: owner, type, value: target(value) };
    case "MX":
    case "SRV": {
      const words = value.split(" ");
      return { name: owner, type, value: [...words.slice(0, -1), target(words.at(-1) ?? "")].join(" ") };
    }
    case "TXT":
      return { name: owner, type, value: quotedText(value) };
  }
}

/** A TXT value as strings of at most 255 bytes. Other characters than printable ASCII become \DDD, so that none ends the line. */
export function quotedText(text: string): string {
  const strings: string[] = [];
  let current = "";
  let length = 0;
  for (const byte of new TextEncoder().encode(text)) {
    if (length === 255) {
      strings.push(current);
      current = "";
      length = 0;
    }
    const character = String.fromCharCode(byte);
    // Braces and percent signs too, because Ansible would read them as templates.
    const plain = byte >= 0x20 && byte < 0x7f && !'"\\{}%'.includes(character);
    current += plain ? character : `\\${String(byte).padStart(3, "0")}`;
    length += 1;
  }
  return [...strings, current].map((one) => `"${one}"`).join(" ");
}

function unique(records: readonly ZoneRecord[]): readonly ZoneRecord[] {
  const seen = new Map(records.map((record) => [`${record.name} ${record.type} ${record.value}`, record]));
  return [...seen.values()];
}

/** True when the text can be the value of a record of the type. @param isName checks a name without the dot at its end */
export function isRecordValue(
  type: ExtraRecord["type"],
  value: string,
  isName: (text: string) => boolean,
): boolean {
  const number = (text: string | undefined): boolean =>
    /^\d{1,5}$/.test(text ?? "") && Number(text) <= 65_535;
  const words = value.split(" ");
  const name = (text: string | undefined): boolean =>
    text === "." || text === "@" || isName((text ?? "").replace(/\.$/, ""));
  switch (type) {
    case "A":
      return parseIp(value)?.kind() === "ipv4";
    case "AAAA":
      return parseIp(value)?.kind() === "ipv6";
    case "CNAME":
      return value !== "." && name(value);
    case "MX":
      return words.length === 2 && number(words[0]) && name(words[1]);
    case "SRV":
      return words.length === 4 && words.slice(0, 3).every(number) && name(words[3]);
    case "TXT":
      return new TextEncoder().encode(value).length <= 4096;
  }
}
