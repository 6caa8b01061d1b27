/** The section monitoring: Nagios and its checks. */
import type { Role } from "../roles.ts";

/** The built-in checks; each is the description of one service in Nagios. */
export const OWN_CHECKS = [
  "nrpe",
  "ssh",
  "load",
  "memory",
  "disk space",
  "read-only file systems",
  "oom kills",
  "time",
  "systemd units",
  "certificates",
  "haproxy",
  "vrrp",
  "etcd",
  "etcd database",
  "kube-apiserver",
  "backup",
] as const;
/** Name of a built-in check. */
export type OwnCheck = (typeof OWN_CHECKS)[number];

/** The NRPE command of a service: its name as one word. */
export function commandName(service: string): string {
  return service.toLowerCase().replaceAll(" ", "_");
}

/** A person who gets messages. */
export interface MonitoringContact {
  readonly name: string;
  readonly email: string;
  /** Name of a period: `always`, `never`, or one of `Monitoring.periods`. */
  readonly period: string;
}

/** Weekday → ranges as `08:00-18:00,19:00-20:00`. */
export interface MonitoringPeriod {
  readonly name: string;
  readonly days: Readonly<Record<string, string>>;
}

/** Values at which a check warns and is critical. */
export interface Threshold {
  readonly warning: number;
  readonly critical: number;
}

/** Thresholds that users can set; the descriptions in the schema have the units. */
export interface MonitoringThresholds {
  readonly load: Threshold;
  readonly memory: Threshold;
  readonly disk: Threshold;
  readonly time: Threshold;
  readonly certificates: Threshold;
  readonly etcdDatabase: Threshold;
  readonly cephCapacity: Threshold;
  readonly quotas: Threshold;
}

/** A check that the user adds to the built-in ones. */
export interface SiteCheck {
  readonly name: string;
  /** Roles whose hosts have it; empty: every host. */
  readonly roles: readonly Role[];
  /** Program and arguments. A program without a slash is a plugin. */
  readonly command: readonly string[];
  readonly sudo: boolean;
}

/** The whole section. */
export interface Monitoring {
  readonly contacts: readonly MonitoringContact[];
  readonly periods: readonly MonitoringPeriod[];
  readonly intervalSeconds: number;
  readonly retrySeconds: number;
  /** Number of failed checks in a row before a message is sent. */
  readonly attempts: number;
  /** Seconds between two messages about the same problem; 0: only one message. */
  readonly repeatSeconds: number;
  readonly mail: { readonly server: string; readonly port: number; readonly from: string };
  readonly web: { readonly user: string; readonly allowed: readonly string[] };
  /** Zone → address of its router. */
  readonly gateways: Readonly<Record<string, string>>;
  readonly thresholds: MonitoringThresholds;
  readonly checks: readonly SiteCheck[];
  /** Objects in Nagios' own format, passed through. */
  readonly definitions: string;
}
