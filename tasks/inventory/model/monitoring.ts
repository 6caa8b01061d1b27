/** Builds the model of the section monitoring: durations in seconds, lists in the order of the inventory. */
import { canonicalIp } from "../../core/ip.ts";
import type { Monitoring } from "../../core/model/monitoring.ts";
import type { Settings } from "../schema/cluster.ts";
import { parseDuration } from "../schema/fields.ts";

/** Fills in the sender from the domain, and the networks of the web pages from network.machines. */
export function buildMonitoring(
  section: NonNullable<Settings["monitoring"]>,
  { domain, network }: Settings,
): Monitoring {
  const { mail, web } = section;
  return {
    contacts: named(section.contacts),
    periods: Object.entries(section.periods).map(([name, days]) => ({ name, days: defined(days) })),
    intervalSeconds: seconds(section.interval),
    retrySeconds: seconds(section.retryInterval),
    attempts: section.attempts,
    repeatSeconds: seconds(section.repeat),
    mail: { server: mail.server, port: mail.port, from: mail.from ?? `nagios@${domain}` },
    web: { user: web.user, allowed: web.allowed ?? [network.machines].flat() },
    gateways: Object.fromEntries(
      Object.entries(section.gateways).map(([zone, address]) => [zone, canonicalIp(address)]),
    ),
    thresholds: section.thresholds,
    checks: named(section.checks),
    definitions: section.definitions,
  };
}

function named<T extends object>(entries: Readonly<Record<string, T>>): ({ name: string } & T)[] {
  return Object.entries(entries).map(([name, entry]) => ({ name, ...entry }));
}

function defined(days: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(days).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}

function seconds(duration: string): number {
  return parseDuration(duration) ?? 0;
}
