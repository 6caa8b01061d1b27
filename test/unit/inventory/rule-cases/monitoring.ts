import { type Case, host } from "./case.ts";

/** A section that is fine, with these keys besides, and its host. */
const monitoring = (keys: string) => {
  const contacts = keys.startsWith("contacts") ? "" : "contacts: { ops: { email: ops@example.com } }";
  const all = [keys, contacts].filter((text) => text !== "").join(", ");
  return `monitoring: { ${all} }\nhosts:\n  nagios1: { ip: 10.0.6.1, roles: [nagios] }`;
};

export const MONITORING_CASES: Readonly<Record<string, readonly Case[]>> = {
  KM510: [{ breaks: host("worker1", "roles: [worker, nagios]"), at: "1:21", fine: monitoring("") }],
  KM511: [{ breaks: "monitoring: {}", at: "1:1", fine: monitoring("") }],
  KM512: [{ breaks: `${monitoring("")}\n  worker1: { roles: [worker, nagios] }`, fine: monitoring("") }],
  KM513: [{ breaks: "monitoring: {}", at: "1:1", fine: monitoring("") }],
  KM514: [
    {
      breaks: monitoring("contacts: { a: { email: a@b.c, period: office } }"),
      at: "1:54",
      fine: monitoring(
        "contacts: { a: { email: a@b.c, period: office } }, periods: { office: { monday: 08:00-18:00 } }",
      ),
    },
  ],
  KM515: [
    {
      breaks: monitoring("checks: { Disk Space: { command: [a] } }"),
      at: "1:25",
      fine: monitoring("checks: { Space: { command: [a] } }"),
    },
    {
      breaks: monitoring("checks: { a b: { command: [a] }, a_b: { command: [a] } }"),
      fine: monitoring("checks: { a b: { command: [a] }, a-b: { command: [a] } }"),
    },
    {
      breaks: monitoring("periods: { always: { monday: 08:00-18:00 } }"),
      fine: monitoring("periods: { often: { monday: 08:00-18:00 } }"),
    },
  ],
  KM516: [
    {
      breaks: monitoring("thresholds: { disk: { warning: 95 } }"),
      at: "1:29",
      fine: monitoring("thresholds: { disk: { warning: 90 } }"),
    },
    {
      breaks: monitoring("thresholds: { certificates: { warning: 5 } }"),
      fine: monitoring("thresholds: { certificates: { warning: 60 } }"),
    },
  ],
  KM517: [
    {
      breaks: monitoring("gateways: { a: 10.0.0.254 }"),
      at: "1:27",
      fine: `${monitoring("gateways: { a: 10.0.0.254 }")}\n  worker1: { zone: a }`,
    },
  ],
  KM518: [{ breaks: monitoring("interval: 0s"), at: "1:25", fine: monitoring("repeat: 0s") }],
};
