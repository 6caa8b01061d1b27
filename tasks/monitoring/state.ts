/** The state that Nagios keeps, as `nagios_state` prints it on its host, and its severity. */
import { z } from "zod";

const entry = z.object({
  host: z.string(),
  /** Absent: the host itself. */
  service: z.string().optional(),
  state: z.enum(["OK", "WARNING", "CRITICAL", "UNKNOWN", "PENDING"]),
  /** Failed as often in a row as Nagios requires before it sends a message. */
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
  /** When Nagios wrote its state last. */
  written: z.number(),
  started: z.number(),
  /** False: notifications are switched off. */
  notifications: z.boolean(),
  hosts: z.number(),
  services: z.number(),
  entries: z.array(entry),
});
export type MonitoringState = z.output<typeof monitoringState>;

/** Nagios writes every few seconds; when the file is older than this, Nagios hangs or has died. */
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

/** Without the services of dead hosts: nothing can be known about them. */
export function withoutDeadHosts(entries: readonly MonitoringEntry[]): MonitoringEntry[] {
  const dead = new Set(
    entries.flatMap((one) => (one.service === undefined && one.state !== "OK" ? [one.host] : [])),
  );
  return entries.filter(({ host, service }) => service === undefined || !dead.has(host));
}

/** Acknowledged, or in a planned downtime. */
export function isHandled({ acknowledged, downtime }: MonitoringEntry): boolean {
  return acknowledged || downtime;
}

/** Critical and not acknowledged: a reason to act now. */
export function isUrgent(one: MonitoringEntry): boolean {
  return one.state === "CRITICAL" && !isHandled(one);
}
