/** Rules about sizes, ranges and versions. */
import { type ClusterModel, TOOLS } from "../../core/model.ts";
import type { InventoryPath } from "../../core/path.ts";
import { isMap, type Value } from "../../core/value.ts";
import { compareVersions } from "../../core/versions.ts";
import type { Rule } from "./rule-type.ts";

const GIB = 2 ** 30;

export const smallQuota: Rule = {
  code: "KM164",
  severity: "error",
  title: "etcd's quota is too small",
  rationale:
    "A member that reaches its quota raises an alarm, and the whole cluster becomes read-only. A quota of 20Mi instead of 20Gi has caused an outage.",
  *check({ etcd }) {
    if (etcd.quotaBytes >= 2 * GIB) return;
    const message = `etcd's quota is ${sizeText(etcd.quotaBytes)}: when the database reaches it, the cluster becomes read-only`;
    yield { path: ["etcd", "quota"], message, remedy: "set it between 2Gi and 8Gi" };
  },
};

export const largeQuota: Rule = {
  code: "KM165",
  severity: "warning",
  title: "etcd's quota is above 8Gi",
  rationale: "etcd is tested up to 8Gi. With a larger database, a member starts and recovers slowly.",
  *check({ etcd }) {
    if (etcd.quotaBytes <= 8 * GIB) return;
    const message = `etcd's quota is ${sizeText(etcd.quotaBytes)}, but etcd is tested only up to 8Gi`;
    yield { path: ["etcd", "quota"], message, remedy: "set it between 2Gi and 8Gi" };
  },
};

function sizeText(bytes: number): string {
  for (const [unit, size] of [
    ["Gi", GIB],
    ["Mi", 2 ** 20],
    ["Ki", 2 ** 10],
  ] as const) {
    if (bytes >= size) return `${Number((bytes / size).toFixed(1))}${unit}`;
  }
  return `${bytes} bytes`;
}

const LOCAL_PORTS = "net.ipv4.ip_local_port_range";

export const nodePortsTaken: Rule = {
  code: "KM166",
  severity: "error",
  title: "NodePorts inside the range of local ports",
  rationale:
    "The kernel uses the ports of ip_local_port_range for outgoing connections. Where this range overlaps the NodePorts, services become unreachable at random.",
  *check(model) {
    const nodePorts = findVariable(model, "kube_apiserver_node_port_range");
    const local = findVariable(model, LOCAL_PORTS);
    if (nodePorts === undefined && local === undefined) return;
    const nodes = portRange(nodePorts?.value) ?? [30_000, 32_767];
    const locals = portRange(local?.value) ?? [32_768, 60_999];
    if (nodes[1] < locals[0] || locals[1] < nodes[0]) return;
    const message = `the NodePorts ${nodes.join("-")} overlap the kernel's local ports ${locals.join("-")}`;
    const path = nodePorts?.path ?? local?.path ?? [];
    yield {
      path,
      message,
      remedy: "use the defaults: 30000-32767 for the NodePorts, and 32768 60999 for the kernel",
    };
  },
};

interface FoundVariable {
  readonly path: InventoryPath;
  readonly value: Value | undefined;
}

/** Finds a pass-through variable in any tool: as a key, or as a `{name, value}` pair of additional_sysctl. */
function findVariable({ tools }: ClusterModel, name: string): FoundVariable | undefined {
  for (const tool of TOOLS) {
    for (const [group, variables] of Object.entries({ ...tools[tool].groups, hosts: tools[tool].hosts })) {
      const found = search(variables, name, ["tools", tool, group]);
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

function search(value: Value, name: string, path: InventoryPath): FoundVariable | undefined {
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) {
      const found = search(item, name, [...path, index]);
      if (found !== undefined) return found;
    }
  }
  if (!isMap(value)) return undefined;
  if (Object.hasOwn(value, name)) return { path: [...path, name], value: value[name] };
  if (value.name === name) return { path: [...path, "value"], value: value.value };
  for (const [key, item] of Object.entries(value)) {
    const found = search(item, name, [...path, key]);
    if (found !== undefined) return found;
  }
  return undefined;
}

function portRange(value: Value | undefined): [number, number] | undefined {
  const found = typeof value === "string" ? /^(\d+)\s*[-\s]\s*(\d+)$/.exec(value.trim()) : null;
  return found === null ? undefined : [Number(found[1]), Number(found[2])];
}

/** What the pinned tools support; the pins are in vendor/vendor.yml. */
const KUBERNETES = { from: "1.33.0", to: "1.35.4", tool: "kubespray 2.31" };
const CEPH_RELEASES = ["reef", "squid"];

export const unsupportedVersion: Rule = {
  code: "KM168",
  severity: "error",
  title: "A version that the tool does not support",
  rationale:
    "The tool has no downloads and no checksums for the version, and stops in the middle of the deployment.",
  *check({ orchestrator, versions, ceph }) {
    const { kubernetes, openshift } = versions;
    if (orchestrator === "kubernetes" && kubernetes !== undefined && !isWithin(kubernetes, KUBERNETES)) {
      const { from, to, tool } = KUBERNETES;
      const message = `${tool} does not support Kubernetes ${kubernetes}`;
      yield { path: ["versions", "kubernetes"], message, remedy: `choose a version from ${from} to ${to}` };
    }
    if (ceph !== undefined && !CEPH_RELEASES.includes(ceph.release)) {
      const message = `ceph-ansible does not support the Ceph release ${ceph.release}`;
      yield { path: ["versions", "ceph"], message, remedy: `choose ${CEPH_RELEASES.join(" or ")}` };
    }
    if (orchestrator === "openshift" && openshift !== undefined && !/^3\.11(\.|$)/.test(openshift)) {
      const message = `openshift-ansible does not install OpenShift ${openshift}`;
      yield { path: ["versions", "openshift"], message, remedy: 'choose "3.11"' };
    }
  },
};

function isWithin(version: string, { from, to }: { from: string; to: string }): boolean {
  return compareVersions(from, version) <= 0 && compareVersions(version, to) <= 0;
}
