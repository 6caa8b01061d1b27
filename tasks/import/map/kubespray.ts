/** Reads sections from kubespray's variables. */
import { ipVersion } from "../../core/ip.ts";
import { isMap, type Value } from "../../core/value.ts";
import { parseTaint } from "../../inventory/schema/taint.ts";
import { isTrue, listOf, numberOf, type ToolView, textOf } from "../read/tool-view.ts";
import type { SectionValues } from "./section-values.ts";
import { families, sizeText, take, takeText } from "./shared.ts";

const TEXTS: readonly (readonly [variable: string, ...path: string[]])[] = [
  ["kube_version", "versions", "kubernetes"],
  ["etcd_data_dir", "etcd", "dataDir"],
  ["etcd_deployment_type", "etcd", "deployment"],
  ["http_proxy", "network", "proxy", "http"],
  ["https_proxy", "network", "proxy", "https"],
];

/**
 * Adds what kubespray's inventory says about the sections.
 * @param hasLoadBalancers a host has the role load-balancer: only then can a host hold the virtual address
 */
export function mapKubespray(view: ToolView, sections: SectionValues, hasLoadBalancers: boolean): void {
  const { tool } = view;
  for (const [variable, ...path] of TEXTS) takeText(view, sections, variable, path);
  take(view, "etcd_quota_backend_bytes", (value, from) =>
    sections.put(["etcd", "quota"], sizeText(textOf(value) ?? ""), from),
  );
  take(view, "kube_apiserver_port", (value, from) => {
    const port = numberOf(value);
    if (port !== undefined) sections.put(["api", "backendPort"], port, from);
  });
  take(view, "additional_no_proxy", (value, from) => {
    if (sections.has(["network", "proxy", "http"]) || sections.has(["network", "proxy", "https"]))
      sections.put(["network", "proxy", "no"], [...(listOf(value) ?? [])], from);
    else sections.refuse(from, "there is no proxy");
  });
  mapNetworks(view, sections);
  mapNames(view, sections);
  mapApi(view, sections, hasLoadBalancers);
  for (const host of view.listing.hosts) mapHost(view, host, sections);
  for (const variable of ["kube_override_hostname", "access_ip", "access_ip6"])
    sections.refuse({ tool, variable }, "a machine has one name and one address for all tools");
}

function mapNetworks(view: ToolView, sections: SectionValues): void {
  const hasIpv6 =
    isTrue(view.common("ipv6_stack")) ||
    isTrue(view.common("enable_dual_stack_networks")) ||
    view.common("ip6") !== undefined;
  const hasIpv4 = view.common("ipv4_stack") === undefined || isTrue(view.common("ipv4_stack"));
  for (const [section, variable, preset] of [
    ["pods", "kube_pods_subnet", "fd85:ee78:d8a6:8607::1:0/112"],
    ["services", "kube_service_addresses", "fd85:ee78:d8a6:8607::1000/116"],
  ] as const) {
    const v4 = textOf(view.common(variable));
    const v6 = textOf(view.common(`${variable}_ipv6`));
    const networks = families(
      hasIpv4
        ? (v4 ?? (hasIpv6 ? (section === "pods" ? "10.233.64.0/18" : "10.233.0.0/18") : undefined))
        : undefined,
      hasIpv6 ? (v6 ?? preset) : undefined,
    );
    if (networks.length === 0) continue;
    const from = { tool: view.tool, variable: v4 === undefined ? `${variable}_ipv6` : variable };
    sections.put(["network", section], networks.length === 1 ? (networks[0] as string) : networks, from);
    sections.put(["network", section], networks.length === 1 ? (networks[0] as string) : networks, {
      tool: view.tool,
      variable: `${variable}_ipv6`,
    });
  }
}

/** Name servers, search domains, time servers. */
function mapNames(view: ToolView, sections: SectionValues): void {
  take(view, "nameservers", (value, from) => {
    const servers = listOf(value) ?? [];
    if (servers.length <= 2 && servers.every((one) => ipVersion(one) !== undefined))
      sections.put(["network", "dns", "servers"], [...servers], from);
  });
  take(view, "searchdomains", (value, from) =>
    sections.put(["network", "dns", "search"], [...(listOf(value) ?? [])], from),
  );
  take(view, "ntp_servers", (value, from) => {
    const servers = (listOf(value) ?? []).map((server) => server.replace(/ iburst$/, ""));
    sections.put(["network", "ntp"], servers, from);
  });
}

function mapApi(view: ToolView, sections: SectionValues, hasLoadBalancers: boolean): void {
  const from = { tool: view.tool, variable: "loadbalancer_apiserver" };
  const balancer = view.common("loadbalancer_apiserver");
  if (!isMap(balancer)) {
    mapLocalApi(view, sections);
    return;
  }
  takeText(view, sections, "apiserver_loadbalancer_domain_name", ["api", "domain"]);
  const address = textOf(balancer.address);
  const port = numberOf(balancer.port);
  if (port !== undefined) sections.put(["api", "port"], port, from);
  if (address !== undefined && ipVersion(address) === undefined)
    sections.put(["api", "domain"], address, from);
  else if (address !== undefined && hasLoadBalancers) sections.put(["api", "vip"], address, from);
  else if (address !== undefined)
    sections.refuse(
      from,
      `no host has the role load-balancer, so clients reach the API by api.domain: it must resolve to ${address}`,
    );
  // Upstream's default name: the certificates of a running cluster contain it.
  if (!sections.has(["api", "domain"]))
    sections.put(["api", "domain"], "lb-apiserver.kubernetes.local", from);
}

/** Each node has a local proxy to the API servers, on the port of the API server unless a variable sets another. */
function mapLocalApi(view: ToolView, sections: SectionValues): void {
  for (const variable of ["loadbalancer_apiserver_port", "kube_apiserver_port"]) {
    const port = numberOf(view.common(variable));
    if (port === undefined || sections.has(["api", "port"])) continue;
    sections.put(["api", "port"], port, { tool: view.tool, variable });
  }
  sections.refuse(
    { tool: view.tool, variable: "apiserver_loadbalancer_domain_name" },
    "without loadbalancer_apiserver it is only a name in the certificates",
  );
}

function mapHost(view: ToolView, host: string, sections: SectionValues): void {
  const path = ["hosts", view.nameOf(host)];
  const labels = view.value(host, "node_labels");
  if (isMap(labels)) {
    const from = { tool: view.tool, variable: "node_labels" };
    const rest: Record<string, Value> = {};
    for (const [key, value] of Object.entries(labels)) {
      if (key === "topology.kubernetes.io/zone" && textOf(value) !== undefined)
        sections.put([...path, "zone"], textOf(value) as string, from);
      else if (key !== "node-role.kubernetes.io/infra") rest[key] = value === null ? "" : String(value);
    }
    if (Object.keys(rest).length > 0) sections.put([...path, "labels"], rest, from);
  }
  const taints = view.value(host, "node_taints");
  if (Array.isArray(taints) && taints.length > 0) {
    const from = { tool: view.tool, variable: "node_taints" };
    if (taints.every((taint) => typeof taint === "string" && parseTaint(taint) !== undefined))
      sections.put([...path, "taints"], taints as Value, from);
    else sections.refuse(from, "one of its entries is not a taint");
  }
}

/** True for an infra node, which kubespray marks only by a label. */
export function isInfraNode(view: ToolView, host: string): boolean {
  const labels = view.value(host, "node_labels");
  return isMap(labels) && Object.hasOwn(labels, "node-role.kubernetes.io/infra");
}
