/**
 * OpenShift 3.11 sets labels and taints only by node group, a named set, and each node has one group. Hosts with other labels
 * or taints therefore get other groups, one for each distinct set.
 */
import { createHash } from "node:crypto";
import type { Host } from "../core/model.ts";
import type { ValueMap } from "../core/value.ts";
import { taintText } from "./taint-text.ts";

const ROLE_LABELS = [
  ["control-plane", "master"],
  ["infra", "infra"],
  ["worker", "compute"],
] as const;

/** Upstream's own names for sets of roles; other sets are named after their roles. */
const UPSTREAM_NAMES: Readonly<Record<string, string>> = { "master-infra-compute": "all-in-one" };

/** Always defined, because upstream requires a group with the master label and one with the infra label. */
const STANDARD = [["master"], ["infra"], ["compute"], ["master", "infra"], ["master", "infra", "compute"]];

/** The groups of a cluster, and the group of each host. */
export interface NodeGroups {
  /** Value of openshift_node_groups. */
  readonly groups: readonly ValueMap[];
  /** Group of a host; undefined when it is not a node. */
  readonly nameOf: (host: Host) => string | undefined;
}

/** Upstream's standard groups, and one for each other set of roles, labels and taints. */
export function nodeGroupsOf(nodes: readonly Host[]): NodeGroups {
  const groups = new Map<string, ValueMap>();
  const names = new Map<Host, string>();
  // Thousands of nodes have only a few distinct sets.
  const seen = new Map<string, string>();
  for (const kinds of STANDARD) addGroup(groups, kinds, [], []);
  for (const host of nodes) {
    const key = JSON.stringify([host.roles, host.zone, host.labels, host.taints]);
    const name = seen.get(key) ?? groupOfHost(groups, host);
    seen.set(key, name);
    names.set(host, name);
  }
  return { groups: [...groups.values()], nameOf: (host) => names.get(host) };
}

function groupOfHost(groups: Map<string, ValueMap>, host: Host): string {
  const kinds = ROLE_LABELS.filter(([role]) => host.roles.includes(role)).map(([, kind]) => kind);
  const labels = Object.entries(host.labels).map(([key, value]) => `${key}=${value}`);
  const zone = host.zone === undefined ? [] : [`failure-domain.beta.kubernetes.io/zone=${host.zone}`];
  const onlyZone = labels.length === 0 && host.taints.length === 0 ? host.zone : undefined;
  return addGroup(groups, kinds, [...zone, ...labels].sort(), host.taints.map(taintText).sort(), onlyZone);
}

function addGroup(
  groups: Map<string, ValueMap>,
  kinds: readonly string[],
  extra: readonly string[],
  taints: readonly string[],
  zone?: string,
): string {
  const name = `${baseName(kinds)}${suffix(extra, taints, zone)}`;
  const edits = taints.length === 0 ? [] : [{ key: "kubeletArguments.register-with-taints", value: taints }];
  const labels = [...kinds.map((kind) => `node-role.kubernetes.io/${kind}=true`), ...extra];
  groups.set(name, { name, labels, edits });
  return name;
}

function baseName(kinds: readonly string[]): string {
  const name = kinds.join("-");
  return `node-config-${UPSTREAM_NAMES[name] ?? name}`;
}

/**
 * Names must not depend on other hosts, and have to be valid names of config maps: a zone is written as it is, anything else
 * as a hash.
 */
function suffix(extra: readonly string[], taints: readonly string[], zone?: string): string {
  if (extra.length + taints.length === 0) return "";
  if (zone !== undefined && /^[a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?$/.test(zone)) return `-zone-${zone}`;
  return `-${createHash("sha256")
    .update(JSON.stringify([extra, taints]))
    .digest("hex")
    .slice(0, 8)}`;
}
