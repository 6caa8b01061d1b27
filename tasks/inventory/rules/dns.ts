/** The cluster's own name servers, and the hosts' resolver. */
import { hostsWith } from "../../core/model.ts";
import { absoluteName, isWithin, namedAddresses } from "../../core/zones.ts";
import type { Rule } from "./rule-type.ts";

export const dnsWithoutHosts: Rule = {
  code: "KM520",
  severity: "error",
  title: "Name servers are declared, and no host has the role",
  rationale: "The section dns says what is answered, the role dns says who answers.",
  *check(model) {
    if (model.dns === undefined || hostsWith(model, "dns").length > 0) return;
    const message = "the section dns is there, and no host has the role dns";
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
  title: "A host has the role dns, and nothing is declared",
  rationale: "Without the section dns no name server is installed.",
  *check(model) {
    const [host] = hostsWith(model, "dns");
    if (model.dns !== undefined || host === undefined) return;
    const message = `${host.name} has the role dns, and there is no section dns: nothing is installed`;
    yield { path: ["hosts", host.name, "roles"], message, remedy: "write dns: {} to have the defaults" };
  },
};

export const recordOutside: Rule = {
  code: "KM522",
  severity: "error",
  title: "A record outside our zones",
  rationale: "The name servers answer for the cluster's domain only; the record would never be found.",
  *check({ dns, domain }) {
    for (const [index, { name }] of (dns?.records ?? []).entries()) {
      const owner = absoluteName(name, domain);
      if (isWithin(owner.replace(/^\*\./, ""), domain)) continue;
      const message = `${name} lies outside ${domain}`;
      const remedy = "leave the last dot out for a name inside the domain, or give the record to its owner";
      yield { path: ["dns", "records", index, "name"], message, remedy };
    }
  },
};

export const aliasWithOthers: Rule = {
  code: "KM523",
  severity: "error",
  title: "An alias beside other records",
  rationale: "A name with a CNAME record may have no other record; name servers refuse the whole zone.",
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
      const message = `${name} is an alias and the name of ${other}`;
      yield { path: ["dns", "records", index, "name"], message, remedy: "remove one of the two" };
    }
  },
};

export const twoMeanings: Rule = {
  code: "KM524",
  severity: "error",
  title: "One name for two things",
  rationale: "Clients would get the addresses of both, in turn.",
  *check(model) {
    if (model.dns === undefined) return;
    const owners = new Map<string, { what: string; addresses: string }>();
    for (const { name, what, addresses } of namedAddresses(model)) {
      const text = [...addresses].sort().join(", ");
      const first = owners.get(name);
      if (first === undefined) owners.set(name, { what, addresses: text });
      else if (first.addresses !== text) {
        const message = `${name} is ${first.what} (${first.addresses}) and ${what} (${text})`;
        yield { path: ["dns"], at: "key", message, remedy: "give one of them another name" };
      }
    }
  },
};

export const askingItself: Rule = {
  code: "KM525",
  severity: "error",
  title: "A name server passes questions on to itself",
  rationale: "The question goes round until it times out; no name of others can be resolved.",
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
        remedy: "name servers of the site, or none for the root servers",
      };
    }
  },
};

export const resolverServers: Rule = {
  code: "KM526",
  severity: "error",
  title: "The resolver has no name server, or more than two",
  rationale: "libc reads three, and the cluster adds its own.",
  *check({ resolver }) {
    if (resolver === undefined || resolver.servers.length === 1 || resolver.servers.length === 2) return;
    const many = resolver.servers.length > 0;
    const message = many
      ? `the resolver has ${resolver.servers.length} name servers, a host can use two`
      : "the resolver has no name server";
    const remedy = many
      ? "name the two nearest ones"
      : "set resolver.servers or network.dns.servers, or declare dns";
    yield { path: many ? ["resolver", "servers"] : ["resolver"], message, remedy };
  },
};
