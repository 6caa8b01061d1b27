/** Rules about Nagios: its host, its contacts, and settings that cannot work. */

import { commandName, type MonitoringThresholds, OWN_CHECKS } from "../../core/model/monitoring.ts";
import { type ClusterModel, hostsWith } from "../../core/model.ts";
import type { Rule } from "./rule-type.ts";

export const nagiosWithoutSection: Rule = {
  code: "KM510",
  severity: "warning",
  title: "A host has the role nagios, but there is no section monitoring",
  rationale: "The role alone installs nothing: the section monitoring has the contacts and the checks.",
  *check(model) {
    const [host] = hostsWith(model, "nagios");
    if (host === undefined || model.monitoring !== undefined) return;
    yield {
      path: ["hosts", host.name, "roles"],
      message: `${host.name} has the role nagios, but there is no section monitoring: Nagios is not installed`,
      remedy: "add monitoring: { contacts: { ops: { email: ops@example.com } } }, or remove the role",
    };
  },
};

export const monitoringWithoutHost: Rule = {
  code: "KM511",
  severity: "error",
  title: "There is a section monitoring, but no host has the role nagios",
  rationale: "Nagios runs on the host with the role nagios.",
  *check(model) {
    if (model.monitoring === undefined || hostsWith(model, "nagios").length > 0) return;
    yield {
      path: ["monitoring"],
      at: "key",
      message: "there is a section monitoring, but no host has the role nagios",
      remedy: "give the role nagios to one host, or remove the section monitoring",
    };
  },
};

export const severalNagiosHosts: Rule = {
  code: "KM512",
  severity: "warning",
  title: "More than one Nagios host",
  rationale:
    "Each Nagios host checks everything and sends every message, so contacts get each message several times.",
  *check(model) {
    const [, second] = hostsWith(model, "nagios");
    if (second === undefined || model.monitoring === undefined) return;
    yield {
      path: ["hosts", second.name, "roles"],
      message: `${second.name} is a second Nagios host: contacts get every message from each of them`,
      remedy: "remove the role nagios from all hosts but one, unless you want that",
    };
  },
};

export const noContacts: Rule = {
  code: "KM513",
  severity: "warning",
  title: "Monitoring without contacts",
  rationale: "Without contacts, a failure shows only on the web pages.",
  *check({ monitoring }) {
    if (monitoring === undefined || monitoring.contacts.length > 0) return;
    yield {
      path: ["monitoring"],
      at: "key",
      message: "monitoring has no contacts: no message is sent about a failure",
      remedy: "add contacts: { ops: { email: ops@example.com } }",
    };
  },
};

export const unknownPeriod: Rule = {
  code: "KM514",
  severity: "error",
  title: "An unknown period",
  rationale: "Nagios refuses a configuration with an unknown period.",
  *check({ monitoring }) {
    const known = new Set(["always", "never", ...(monitoring?.periods ?? []).map(({ name }) => name)]);
    for (const { name, period } of monitoring?.contacts ?? []) {
      if (known.has(period)) continue;
      yield {
        path: ["monitoring", "contacts", name, "period"],
        message: `there is no period "${period}", only ${[...known].join(", ")}`,
        remedy: `use one of these, or add it to monitoring.periods: ${period}: { monday: 08:00-18:00 }`,
      };
    }
  },
};

export const nameTaken: Rule = {
  code: "KM515",
  severity: "error",
  title: "A period or a check with a name that is in use",
  rationale: "With two objects of one name, Nagios refuses the configuration or ignores one of them.",
  *check({ monitoring }) {
    for (const { name } of monitoring?.periods ?? []) {
      if (name !== "always" && name !== "never") continue;
      const message = `"${name}" is the name of a built-in period`;
      yield { path: ["monitoring", "periods", name], at: "key", message, remedy: "choose another name" };
    }
    const taken = new Map(OWN_CHECKS.map((name) => [commandName(name), `the built-in check ${name}`]));
    for (const { name } of monitoring?.checks ?? []) {
      const other = taken.get(commandName(name));
      taken.set(commandName(name), other ?? name);
      if (other === undefined) continue;
      const message = `the check "${name}" has the same name as ${other}`;
      yield { path: ["monitoring", "checks", name], at: "key", message, remedy: "choose another name" };
    }
  },
};

/** Thresholds of values for which less is worse. */
const FALLING: ReadonlySet<string> = new Set<keyof MonitoringThresholds>(["certificates"]);

export const thresholdOrder: Rule = {
  code: "KM516",
  severity: "error",
  title: "A warning threshold beyond the critical one",
  rationale: "The check would become critical without a warning before.",
  *check({ monitoring }) {
    for (const [name, { warning, critical }] of Object.entries(monitoring?.thresholds ?? {})) {
      const early = FALLING.has(name) ? warning >= critical : warning <= critical;
      if (early) continue;
      yield {
        path: ["monitoring", "thresholds", name],
        message: `${name} is critical at ${critical}, but warns only at ${warning}`,
        remedy: FALLING.has(name) ? "set warning above critical" : "set warning below critical",
      };
    }
  },
};

export const gatewayOfNoZone: Rule = {
  code: "KM517",
  severity: "warning",
  title: "A gateway of a zone without hosts",
  rationale:
    "Most often the name of the zone is misspelt, and the hosts of the zone have no router in Nagios.",
  *check(model: ClusterModel) {
    const zones = new Set(model.hosts.map(({ zone }) => zone));
    for (const zone of Object.keys(model.monitoring?.gateways ?? {})) {
      if (zones.has(zone)) continue;
      yield {
        path: ["monitoring", "gateways", zone],
        at: "key",
        message: `no host is in the zone "${zone}"`,
        remedy: "write the name of the zone as in hosts.<name>.zone, or remove the line",
      };
    }
  },
};

export const intervalTooShort: Rule = {
  code: "KM518",
  severity: "error",
  title: "No time between two checks",
  rationale: "Nagios would run checks without a pause.",
  *check({ monitoring }) {
    for (const [key, seconds] of [
      ["interval", monitoring?.intervalSeconds],
      ["retryInterval", monitoring?.retrySeconds],
    ] as const) {
      if (seconds === undefined || seconds > 0) continue;
      yield {
        path: ["monitoring", key],
        message: "the time between two checks is 0",
        remedy: "write 1s or more",
      };
    }
  },
};
