/** What Nagios knows, as its host tells it (`nagios_state`), and how bad it is. */
import { z } from "zod";

const entry = z.object({
  host: z.string(),
  /** Absent: the host itself. */
  service: z.string().optional(),
  state: z.enum(["OK", "WARNING", "CRITICAL", "UNKNOWN", "PENDING"]),
  /** Failed as often in a row as it takes to be told of. */
  hard: z.boolean(),
  /** Seconds since 1970, by the Nagios host's clock. */
  since: z.number(),
  checked: z.number(),
  output: z.string(),
  acknowledged: z.boolean(),
  downtime: z.boolean(),
  flapping: z.boolean(),
});
export type MonitoringEntry = z.output<typeof entry>;

export const monitoringState = z.object({
  now: z.number(),
  /** When Nagios last wrote its state. */
  written: z.number(),
  started: z.number(),
  /** Whether anybody is told of anything. */
  notifications: z.boolean(),
  hosts: z.number(),
  services: z.number(),
  entries: z.array(entry),
});
export type MonitoringState = z.output<typeof monitoringState>;

/** Nagios writes every few seconds; older than this, it hangs or is dead. */
const STALE_SECONDS = 120;

export function isStale({ now, written }: MonitoringState): boolean {
  return now - written > STALE_SECONDS;
}

/** Worst first; then by host and service. */
export function bySeverity(entries: readonly MonitoringEntry[]): MonitoringEntry[] {
  const rank = (one: MonitoringEntry) => SEVERITY.indexOf(one.state) * 2 + (isHandled(one) ? 1 : 0);
  const name = ({ host, service = "" }: MonitoringEntry) => `${host}\0${service}`;
  return [...entries].sort((a, b) => rank(a) - rank(b) || (name(a) < name(b) ? -1 : 1));
}
const SEVERITY: readonly MonitoringEntry["state"][] = ["CRITICAL", "WARNING", "UNKNOWN", "PENDING", "OK"];

/** A dead host speaks for the services on it: nobody can say how they are. */
export function withoutDeadHosts(entries: readonly MonitoringEntry[]): MonitoringEntry[] {
  const dead = new Set(
    entries.flatMap((one) => (one.service === undefined && one.state !== "OK" ? [one.host] : [])),
  );
  return entries.filter(({ host, service }) => service === undefined || !dead.has(host));
}

/** Somebody said that it is known, or planned. */
export function isHandled({ acknowledged, downtime }: MonitoringEntry): boolean {
  return acknowledged || downtime;
}

/** Critical, and nobody has said that it is known: a reason to act now. */
export function isUrgent(one: MonitoringEntry): boolean {
  return one.state === "CRITICAL" && !isHandled(one);
}
