/** Sizes, ranges and versions. */
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
    "A full member raises an alarm, and the whole cluster turns read-only. A quota of 20Mi, meant as 20Gi, was an outage.",
  *check({ etcd }) {
    if (etcd.quotaBytes >= 2 * GIB) return;
    const message = `etcd's quota is ${sizeText(etcd.quotaBytes)}: a cluster that fills it turns read-only`;
    yield { path: ["etcd", "quota"], message, remedy: "set it between 2Gi and 8Gi" };
  },
};

export const largeQuota: Rule = {
  code: "KM165",
  severity: "warning",
  title: "etcd's quota is above 8Gi",
  rationale: "etcd is tested up to 8Gi; above, start and recovery of a member take long.",
  *check({ etcd }) {
    if (etcd.quotaBytes <= 8 * GIB) return;
    const message = `etcd's quota is ${sizeText(etcd.quotaBytes)}, it is tested up to 8Gi`;
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
    "The kernel gives outgoing connections ports of ip_local_port_range. Where it meets the NodePorts, services become unreachable at random.",
  *check(model) {
    const nodePorts = findVariable(model, "kube_apiserver_node_port_range");
    const local = findVariable(model, LOCAL_PORTS);
    if (nodePorts === undefined && local === undefined) return;
    const nodes = portRange(nodePorts?.value) ?? [30_000, 32_767];
    const locals = portRange(local?.value) ?? [32_768, 60_999];
    if (nodes[1] < locals[0] || locals[1] < nodes[0]) return;
    const message = `NodePorts ${nodes.join("-")} meet the kernel's local ports ${locals.join("-")}`;
    const path = nodePorts?.path ?? local?.path ?? [];
    yield {
      path,
      message,
      remedy: "keep the defaults, 30000-32767 for NodePorts and 32768 60999 for the kernel",
    };
  },
};

interface FoundVariable {
  readonly path: InventoryPath;
  readonly value: Value | undefined;
}

/** A pass-through variable wherever it is set: as a key, or as a `{name, value}` pair of additional_sysctl. */
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

/** What the pinned tools support; vendor/vendor.yml names the pins. */
const KUBERNETES = { from: "1.33.0", to: "1.35.4", tool: "kubespray 2.31" };
const CEPH_RELEASES = ["reef", "squid"];

export const unsupportedVersion: Rule = {
  code: "KM168",
  severity: "error",
  title: "A version that the tool does not support",
  rationale:
    "The tool has neither downloads nor checksums for it, and stops in the middle of the deployment.",
  *check({ orchestrator, versions, ceph }) {
    const { kubernetes, openshift } = versions;
    if (orchestrator === "kubernetes" && kubernetes !== undefined && !isWithin(kubernetes, KUBERNETES)) {
      const { from, to, tool } = KUBERNETES;
      const message = `Kubernetes ${kubernetes} is not supported by ${tool}`;
      yield { path: ["versions", "kubernetes"], message, remedy: `choose a version from ${from} to ${to}` };
    }
    if (ceph !== undefined && !CEPH_RELEASES.includes(ceph.release)) {
      const message = `the Ceph release ${ceph.release} is not supported by ceph-ansible`;
      yield { path: ["versions", "ceph"], message, remedy: `choose ${CEPH_RELEASES.join(" or ")}` };
    }
    if (orchestrator === "openshift" && openshift !== undefined && !/^3\.11(\.|$)/.test(openshift)) {
      const message = `OpenShift ${openshift} cannot be installed by openshift-ansible`;
      yield { path: ["versions", "openshift"], message, remedy: 'choose "3.11"' };
    }
  },
};

function isWithin(version: string, { from, to }: { from: string; to: string }): boolean {
  return compareVersions(from, version) <= 0 && compareVersions(version, to) <= 0;
}
