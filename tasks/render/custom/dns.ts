/** Variables of the roles dns and resolver. */
import { type ClusterModel, hostsWith } from "../../core/model.ts";
import type { ValueMap } from "../../core/value.ts";
import { hostDomain, zonesOf } from "../../core/zones.ts";

/** Empty without the section, so that playbooks need no guard. */
export function dnsVariables(model: ClusterModel): ValueMap {
  return { kube_magic_dns: nameServers(model), kube_magic_resolver: resolver(model) };
}

function nameServers(model: ClusterModel): ValueMap {
  const { dns, network } = model;
  if (dns === undefined) return {};
  return {
    ttl: dns.ttl,
    contact: dns.contact,
    forwarders: dns.forwarders,
    clients: [...new Set([...network.machines, ...network.pods, ...dns.clients])],
    dnssec_validation: dns.dnssecValidation,
    // The first one is the primary server.
    servers: hostsWith(model, "dns").map((host) => ({ name: host.name, domain: hostDomain(model, host) })),
    zones: zonesOf(model).map(({ name, records }) => ({
      name,
      records: records.map((record) => `${record.name}. ${record.type} ${record.value}`),
    })),
  };
}

/** `probe` is a name that the servers must resolve before a host uses them. */
function resolver({ resolver: section, domain }: ClusterModel): ValueMap {
  if (section === undefined) return {};
  return { servers: section.servers, search: section.search, probe: section.own ? domain : "" };
}
