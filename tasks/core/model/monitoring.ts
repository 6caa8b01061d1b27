/** Nagios and what it watches, as declared in the section `monitoring`. */
import type { Role } from "../roles.ts";

/** The services that kube-magic brings; each is one service description in Nagios. */
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
export type OwnCheck = (typeof OWN_CHECKS)[number];

/** A service's name as the name of an NRPE command: one word. */
export function commandName(service: string): string {
  return service.toLowerCase().replaceAll(" ", "_");
}

/** Somebody who is told. */
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

export interface Threshold {
  readonly warning: number;
  readonly critical: number;
}

/** What people change; the units are in the schema's descriptions. */
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

/** A check of the site's own, beside those that come with the roles. */
export interface SiteCheck {
  readonly name: string;
  /** Roles whose hosts have it; empty: every host. */
  readonly roles: readonly Role[];
  /** Program and arguments. A program without a slash is a plugin. */
  readonly command: readonly string[];
  readonly sudo: boolean;
}

export interface Monitoring {
  readonly contacts: readonly MonitoringContact[];
  readonly periods: readonly MonitoringPeriod[];
  readonly intervalSeconds: number;
  readonly retrySeconds: number;
  /** Failed checks in a row before anybody is told. */
  readonly attempts: number;
  /** Seconds between two messages about the same problem; 0: one only. */
  readonly repeatSeconds: number;
  readonly mail: { readonly server: string; readonly port: number; readonly from: string };
  readonly web: { readonly user: string; readonly allowed: readonly string[] };
  /** Zone → address of its router. */
  readonly gateways: Readonly<Record<string, string>>;
  readonly thresholds: MonitoringThresholds;
  readonly checks: readonly SiteCheck[];
  /** Objects in Nagios' own language, passed through. */
  readonly definitions: string;
}
