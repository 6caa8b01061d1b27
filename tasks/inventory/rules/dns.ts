/** Rules about the cluster's own name servers, and about the hosts' resolver. */
import { hostsWith } from "../../core/model.ts";
import { absoluteName, isWithin, namedAddresses } from "../../core/zones.ts";
import type { Rule } from "./rule-type.ts";

export const dnsWithoutHosts: Rule = {
  code: "KM520",
  severity: "error",
  title: "There is a section dns, but no host has the role dns",
  rationale: "The name servers run on the hosts with the role dns.",
  *check(model) {
    if (model.dns === undefined || hostsWith(model, "dns").length > 0) return;
    const message = "there is a section dns, but no host has the role dns";
    yield {
      path: ["dns"],
      at: "key",
      message,
      remedy: "give the role dns to one or two hosts, or remove the section",
    };
  },
};

export const dnsRoleWithoutSection: Rule = {
  code: "KM521",
  severity: "warning",
  title: "A host has the role dns, but there is no section dns",
  rationale: "Without the section dns no name server is installed.",
  *check(model) {
    const [host] = hostsWith(model, "dns");
    if (model.dns !== undefined || host === undefined) return;
    const message = `${host.name} has the role dns, but there is no section dns: no name server is installed`;
    yield {
      path: ["hosts", host.name, "roles"],
      message,
      remedy: "add dns: {} for the defaults, or remove the role",
    };
  },
};

export const recordOutside: Rule = {
  code: "KM522",
  severity: "error",
  title: "A record outside the cluster's domain",
  rationale: "Our name servers answer only for the cluster's domain, so no client would find the record.",
  *check({ dns, domain }) {
    for (const [index, { name }] of (dns?.records ?? []).entries()) {
      const owner = absoluteName(name, domain);
      if (isWithin(owner.replace(/^\*\./, ""), domain)) continue;
      const message = `${name} is outside ${domain}`;
      const remedy =
        "for a name inside the domain, remove the dot at its end; other names belong on the name servers of their domain";
      yield { path: ["dns", "records", index, "name"], message, remedy };
    }
  },
};

export const aliasWithOthers: Rule = {
  code: "KM523",
  severity: "error",
  title: "An alias beside other records",
  rationale: "A name with a CNAME record may have no other record: name servers refuse the whole zone.",
  *check(model) {
    const { dns, domain } = model;
    if (dns === undefined) return;
    const taken = new Map<string, string>([[domain, "the domain itself"]]);
    for (const { name, what } of namedAddresses(model)) taken.set(name, what);
    const seen = new Map<string, boolean>();
    for (const [index, { name, type }] of dns.records.entries()) {
      const owner = absoluteName(name, domain);
      const alias = type === "CNAME";
      const other =
        (alias ? taken.get(owner) : undefined) ??
        (seen.get(owner) || (alias && seen.has(owner)) ? "another record" : undefined);
      seen.set(owner, (seen.get(owner) ?? false) || alias);
      if (other === undefined) continue;
      const message = `${name} is an alias and also the name of ${other}`;
      yield { path: ["dns", "records", index, "name"], message, remedy: "remove one of the two" };
    }
  },
};

export const twoMeanings: Rule = {
  code: "KM524",
  severity: "error",
  title: "One name for two things",
  rationale: "Clients would get the addresses of both things in turn.",
  *check(model) {
    if (model.dns === undefined) return;
    const owners = new Map<string, { what: string; addresses: string }>();
    for (const { name, what, addresses } of namedAddresses(model)) {
      const text = [...addresses].sort().join(", ");
      const first = owners.get(name);
      if (first === undefined) owners.set(name, { what, addresses: text });
      else if (first.addresses !== text) {
        const message = `${name} is the name of ${first.what} (${first.addresses}) and of ${what} (${text})`;
        yield { path: ["dns"], at: "key", message, remedy: "give one of them another name" };
      }
    }
  },
};

export const askingItself: Rule = {
  code: "KM525",
  severity: "error",
  title: "A name server forwards queries to itself",
  rationale: "The query loops until it times out, so no other name can be resolved.",
  *check(model) {
    const own = new Map(
      hostsWith(model, "dns").flatMap(
        ({ name, ip, ip6 }) =>
          [[ip, name], ...(ip6 === undefined ? [] : [[ip6, name]])] as [string, string][],
      ),
    );
    for (const [index, server] of (model.dns?.forwarders ?? []).entries()) {
      const name = own.get(server);
      if (name === undefined) continue;
      const message = `${server} is ${name}, one of our own name servers`;
      yield {
        path: ["dns", "forwarders", index],
        message,
        remedy: "list name servers of the site, or write an empty list for the root servers",
      };
    }
  },
};

export const resolverServers: Rule = {
  code: "KM526",
  severity: "error",
  title: "The resolver has no name server, or more than two",
  rationale: "libc reads only three name servers, and the cluster's own is one of them.",
  *check({ resolver }) {
    if (resolver === undefined || resolver.servers.length === 1 || resolver.servers.length === 2) return;
    const many = resolver.servers.length > 0;
    const message = many
      ? `the resolver has ${resolver.servers.length} name servers, but a host can use only two`
      : "the resolver has no name server";
    const remedy = many
      ? "keep the two nearest ones"
      : "set resolver.servers or network.dns.servers, or add the section dns";
    yield { path: many ? ["resolver", "servers"] : ["resolver"], message, remedy };
  },
};
