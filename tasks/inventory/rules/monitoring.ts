/** Nagios: a host to run on, somebody to tell, settings that can work. */

import { commandName, type MonitoringThresholds, OWN_CHECKS } from "../../core/model/monitoring.ts";
import { type ClusterModel, hostsWith } from "../../core/model.ts";
import type { Rule } from "./rule-type.ts";

export const nagiosWithoutSection: Rule = {
  code: "KM510",
  severity: "warning",
  title: "A Nagios host without monitoring",
  rationale:
    "The role alone installs nothing: whom to tell and what to watch stands in the section monitoring.",
  *check(model) {
    const [host] = hostsWith(model, "nagios");
    if (host === undefined || model.monitoring !== undefined) return;
    yield {
      path: ["hosts", host.name, "roles"],
      message: `${host.name} has the role nagios, but there is no section monitoring`,
      remedy: "add monitoring: { contacts: { ops: { email: ops@example.com } } }, or remove the role",
    };
  },
};

export const monitoringWithoutHost: Rule = {
  code: "KM511",
  severity: "error",
  title: "Monitoring without a host",
  rationale: "Nagios runs on a host with the role nagios, apart from what it watches.",
  *check(model) {
    if (model.monitoring === undefined || hostsWith(model, "nagios").length > 0) return;
    yield {
      path: ["monitoring"],
      at: "key",
      message: "there is a section monitoring, but no host has the role nagios",
      remedy: "give the role nagios to a host, or remove the section",
    };
  },
};

export const severalNagiosHosts: Rule = {
  code: "KM512",
  severity: "warning",
  title: "More than one Nagios host",
  rationale: "Each watches everything and tells everybody: every message comes as often as there are hosts.",
  *check(model) {
    const [, second] = hostsWith(model, "nagios");
    if (second === undefined || model.monitoring === undefined) return;
    yield {
      path: ["hosts", second.name, "roles"],
      message: `${second.name} is one more Nagios host: every message comes once from each`,
      remedy: "keep the role on one host, unless that is what you want",
    };
  },
};

export const nobodyToTell: Rule = {
  code: "KM513",
  severity: "warning",
  title: "Monitoring that tells nobody",
  rationale: "Without contacts, a failure shows on the web pages only.",
  *check({ monitoring }) {
    if (monitoring === undefined || monitoring.contacts.length > 0) return;
    yield {
      path: ["monitoring"],
      at: "key",
      message: "monitoring has no contacts: nobody is told of a failure",
      remedy: "add contacts: { ops: { email: ops@example.com } }",
    };
  },
};

export const unknownPeriod: Rule = {
  code: "KM514",
  severity: "error",
  title: "A period that is not declared",
  rationale: "Nagios refuses a configuration that names an unknown period.",
  *check({ monitoring }) {
    const known = new Set(["always", "never", ...(monitoring?.periods ?? []).map(({ name }) => name)]);
    for (const { name, period } of monitoring?.contacts ?? []) {
      if (known.has(period)) continue;
      yield {
        path: ["monitoring", "contacts", name, "period"],
        message: `"${period}" is none of the periods ${[...known].join(", ")}`,
        remedy: `declare it: monitoring.periods: { ${period}: { monday: 08:00-18:00 } }`,
      };
    }
  },
};

export const nameTaken: Rule = {
  code: "KM515",
  severity: "error",
  title: "A period or check with a name that is taken",
  rationale: "Two objects of one name: Nagios refuses the configuration, or one hides the other.",
  *check({ monitoring }) {
    for (const { name } of monitoring?.periods ?? []) {
      if (name !== "always" && name !== "never") continue;
      const message = `the period "${name}" is there already`;
      yield { path: ["monitoring", "periods", name], at: "key", message, remedy: "choose another name" };
    }
    const taken = new Map(OWN_CHECKS.map((name) => [commandName(name), `${name}, which kube-magic brings`]));
    for (const { name } of monitoring?.checks ?? []) {
      const other = taken.get(commandName(name));
      taken.set(commandName(name), other ?? name);
      if (other === undefined) continue;
      const message = `the check "${name}" has the name of ${other}`;
      yield { path: ["monitoring", "checks", name], at: "key", message, remedy: "choose another name" };
    }
  },
};

/** Where less is worse. */
const FALLING: ReadonlySet<string> = new Set<keyof MonitoringThresholds>(["certificates"]);

export const thresholdOrder: Rule = {
  code: "KM516",
  severity: "error",
  title: "A warning that comes after the critical state",
  rationale: "The check would turn critical without ever having warned.",
  *check({ monitoring }) {
    for (const [name, { warning, critical }] of Object.entries(monitoring?.thresholds ?? {})) {
      const early = FALLING.has(name) ? warning >= critical : warning <= critical;
      if (early) continue;
      yield {
        path: ["monitoring", "thresholds", name],
        message: `${name} warns at ${warning} and is critical at ${critical} already`,
        remedy: "let the warning come first",
      };
    }
  },
};

export const gatewayOfNoZone: Rule = {
  code: "KM517",
  severity: "warning",
  title: "A gateway of a zone without hosts",
  rationale: "Most often the zone's name is misspelt, and the hosts behind the router go without it.",
  *check(model: ClusterModel) {
    const zones = new Set(model.hosts.map(({ zone }) => zone));
    for (const zone of Object.keys(model.monitoring?.gateways ?? {})) {
      if (zones.has(zone)) continue;
      yield {
        path: ["monitoring", "gateways", zone],
        at: "key",
        message: `no host is in the zone "${zone}"`,
        remedy: "use the zone's name as the hosts have it",
      };
    }
  },
};

export const intervalTooShort: Rule = {
  code: "KM518",
  severity: "error",
  title: "No time between two checks",
  rationale: "Nagios would do nothing but check.",
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
