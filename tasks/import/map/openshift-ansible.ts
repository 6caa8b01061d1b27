/** Reads sections from openshift-ansible's variables (release 3.11). */
import type { Role } from "../../core/model.ts";
import { isMap, type ValueMap } from "../../core/value.ts";
import { listOf, numberOf, type ToolView, textOf } from "../read/tool-view.ts";
import type { SectionValues } from "./section-values.ts";
import { sizeText, take, takeText } from "./shared.ts";

const TEXTS: readonly (readonly [variable: string, ...path: string[]])[] = [
  ["openshift_deployment_type", "openshift", "deploymentType"],
  ["openshift_release", "versions", "openshift"],
  ["openshift_master_default_subdomain", "openshift", "subdomain"],
  ["openshift_master_cluster_hostname", "api", "domain"],
  ["openshift_master_cluster_public_hostname", "api", "domain"],
  ["openshift_http_proxy", "network", "proxy", "http"],
  ["openshift_https_proxy", "network", "proxy", "https"],
];

/** Upstream's default networks: an inventory without networks means these, and our defaults differ. */
const PODS = "10.128.0.0/14";
const SERVICES = "172.30.0.0/16";

/** Adds what openshift-ansible's inventory says about the sections. */
export function mapOpenShift(view: ToolView, sections: SectionValues): void {
  const { tool } = view;
  for (const [variable, ...path] of TEXTS) takeText(view, sections, variable, path);
  for (const variable of ["openshift_master_api_port", "openshift_master_console_port"]) {
    take(view, variable, (value, from) => {
      const port = numberOf(value);
      if (port === undefined) return;
      sections.put(["api", "port"], port, from);
      sections.put(["api", "backendPort"], port, from);
    });
  }
  for (const [variable, section, preset] of [
    ["osm_cluster_network_cidr", "pods", PODS],
    ["openshift_portal_net", "services", SERVICES],
  ] as const) {
    sections.put(["network", section], textOf(view.common(variable)) ?? preset, { tool, variable });
  }
  take(view, "openshift_no_proxy", (value, from) => {
    if (sections.has(["network", "proxy", "http"]) || sections.has(["network", "proxy", "https"]))
      sections.put(["network", "proxy", "no"], [...(listOf(value) ?? [])], from);
  });
  take(view, "etcd_quota_backend_bytes", (value, from) =>
    sections.put(["etcd", "quota"], sizeText(textOf(value) ?? ""), from),
  );
  for (const host of view.listing.hosts) mapNode(view, host, sections);
}

const KINDS: Readonly<Record<string, Role>> = { master: "control-plane", infra: "infra", compute: "worker" };
const KIND_LABEL = /^node-role\.kubernetes\.io\/(master|infra|compute)=true$/;
const ZONE_LABEL = "failure-domain.beta.kubernetes.io/zone";

/** Labels and taints of a host's node group, without the labels that mean a role. */
function mapNode(view: ToolView, host: string, sections: SectionValues): void {
  const path = ["hosts", view.nameOf(host)];
  const from = { tool: view.tool, variable: "openshift_node_group_name" };
  const labels: Record<string, string> = {};
  for (const label of labelsOf(view, host)) {
    const equals = label.indexOf("=");
    const [key, value] = equals < 0 ? [label, ""] : [label.slice(0, equals), label.slice(equals + 1)];
    if (KIND_LABEL.test(label)) continue;
    if (key === ZONE_LABEL) sections.put([...path, "zone"], value, from);
    else labels[key] = value;
  }
  if (Object.keys(labels).length > 0) sections.put([...path, "labels"], labels, from);
  const edits = nodeGroup(view, host)?.edits;
  for (const edit of Array.isArray(edits) ? edits : []) {
    if (!isMap(edit) || edit.key !== "kubeletArguments.register-with-taints") continue;
    const taints = listOf(edit.value) ?? [];
    if (taints.length > 0) sections.put([...path, "taints"], [...taints], from);
  }
}

function nodeGroup(view: ToolView, host: string): ValueMap | undefined {
  const name = view.value(host, "openshift_node_group_name");
  const groups = view.value(host, "openshift_node_groups");
  return Array.isArray(groups)
    ? groups.find((group): group is ValueMap => isMap(group) && group.name === name)
    : undefined;
}

function labelsOf(view: ToolView, host: string): readonly string[] {
  return listOf(nodeGroup(view, host)?.labels) ?? [];
}

/** Roles of a node: by the labels of its group, else by upstream's names for groups. */
export function nodeRoles(view: ToolView, host: string): readonly Role[] {
  const fromLabels = labelsOf(view, host).flatMap((label) => KINDS[KIND_LABEL.exec(label)?.[1] ?? ""] ?? []);
  if (fromLabels.length > 0) return fromLabels;
  const name = textOf(view.value(host, "openshift_node_group_name")) ?? "";
  if (name.includes("all-in-one")) return ["control-plane", "infra", "worker"];
  return Object.entries(KINDS).flatMap(([kind, role]) => (name.includes(kind) ? [role] : []));
}
