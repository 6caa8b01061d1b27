/** kubespray's variables → sections. */
import { ipVersion } from "../../core/ip.ts";
import { isMap, type Value } from "../../core/value.ts";
import { parseTaint } from "../../inventory/schema/taint.ts";
import { isTrue, listOf, numberOf, textOf, type View } from "../read/tool-view.ts";
import type { Claims } from "./section-values.ts";
import { families, sizeText, take, takeText } from "./shared.ts";

const TEXTS: readonly (readonly [variable: string, ...path: string[]])[] = [
  ["kube_version", "versions", "kubernetes"],
  ["etcd_data_dir", "etcd", "dataDir"],
  ["etcd_deployment_type", "etcd", "deployment"],
  ["http_proxy", "network", "proxy", "http"],
  ["https_proxy", "network", "proxy", "https"],
];

/** @param hasLoadBalancers some host is one of ours: only then is there somebody to hold a virtual address. */
export function mapKubespray(view: View, claims: Claims, hasLoadBalancers: boolean): void {
  const { tool } = view;
  for (const [variable, ...path] of TEXTS) takeText(view, claims, variable, path);
  take(view, "etcd_quota_backend_bytes", (value, from) =>
    claims.put(["etcd", "quota"], sizeText(textOf(value) ?? ""), from),
  );
  take(view, "kube_apiserver_port", (value, from) => {
    const port = numberOf(value);
    if (port !== undefined) claims.put(["api", "backendPort"], port, from);
  });
  take(view, "additional_no_proxy", (value, from) => {
    if (claims.has(["network", "proxy", "http"]) || claims.has(["network", "proxy", "https"]))
      claims.put(["network", "proxy", "no"], [...(listOf(value) ?? [])], from);
    else claims.refuse(from, "there is no proxy");
  });
  mapNetworks(view, claims);
  mapNames(view, claims);
  mapApi(view, claims, hasLoadBalancers);
  for (const host of view.listing.hosts) mapHost(view, host, claims);
  for (const variable of ["kube_override_hostname", "access_ip", "access_ip6"])
    claims.refuse({ tool, variable }, "a machine has one name and one address for all tools");
}

function mapNetworks(view: View, claims: Claims): void {
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
    claims.put(["network", section], networks.length === 1 ? (networks[0] as string) : networks, from);
    claims.put(["network", section], networks.length === 1 ? (networks[0] as string) : networks, {
      tool: view.tool,
      variable: `${variable}_ipv6`,
    });
  }
}

/** Name servers, search domains, time servers. */
function mapNames(view: View, claims: Claims): void {
  take(view, "nameservers", (value, from) => {
    const servers = listOf(value) ?? [];
    if (servers.length <= 2 && servers.every((one) => ipVersion(one) !== undefined))
      claims.put(["network", "dns", "servers"], [...servers], from);
  });
  take(view, "searchdomains", (value, from) =>
    claims.put(["network", "dns", "search"], [...(listOf(value) ?? [])], from),
  );
  take(view, "ntp_servers", (value, from) => {
    const servers = (listOf(value) ?? []).map((server) => server.replace(/ iburst$/, ""));
    claims.put(["network", "ntp"], servers, from);
  });
}

function mapApi(view: View, claims: Claims, hasLoadBalancers: boolean): void {
  const from = { tool: view.tool, variable: "loadbalancer_apiserver" };
  const balancer = view.common("loadbalancer_apiserver");
  if (!isMap(balancer)) {
    mapLocalApi(view, claims);
    return;
  }
  takeText(view, claims, "apiserver_loadbalancer_domain_name", ["api", "domain"]);
  const address = textOf(balancer.address);
  const port = numberOf(balancer.port);
  if (port !== undefined) claims.put(["api", "port"], port, from);
  if (address !== undefined && ipVersion(address) === undefined) claims.put(["api", "domain"], address, from);
  else if (address !== undefined && hasLoadBalancers) claims.put(["api", "vip"], address, from);
  else if (address !== undefined)
    claims.refuse(
      from,
      `no host has the role load-balancer, so api.domain leads to the API: it must resolve to ${address}`,
    );
  // What upstream uses when nobody says a name: certificates of a running cluster hold it.
  if (!claims.has(["api", "domain"])) claims.put(["api", "domain"], "lb-apiserver.kubernetes.local", from);
}

/** Each node has a proxy of its own, on the port of the API server unless it says another. */
function mapLocalApi(view: View, claims: Claims): void {
  for (const variable of ["loadbalancer_apiserver_port", "kube_apiserver_port"]) {
    const port = numberOf(view.common(variable));
    if (port === undefined || claims.has(["api", "port"])) continue;
    claims.put(["api", "port"], port, { tool: view.tool, variable });
  }
  claims.refuse(
    { tool: view.tool, variable: "apiserver_loadbalancer_domain_name" },
    "without loadbalancer_apiserver it is no more than a name in the certificates",
  );
}

function mapHost(view: View, host: string, claims: Claims): void {
  const path = ["hosts", view.nameOf(host)];
  const labels = view.value(host, "node_labels");
  if (isMap(labels)) {
    const from = { tool: view.tool, variable: "node_labels" };
    const rest: Record<string, Value> = {};
    for (const [key, value] of Object.entries(labels)) {
      if (key === "topology.kubernetes.io/zone" && textOf(value) !== undefined)
        claims.put([...path, "zone"], textOf(value) as string, from);
      else if (key !== "node-role.kubernetes.io/infra") rest[key] = value === null ? "" : String(value);
    }
    if (Object.keys(rest).length > 0) claims.put([...path, "labels"], rest, from);
  }
  const taints = view.value(host, "node_taints");
  if (Array.isArray(taints) && taints.length > 0) {
    const from = { tool: view.tool, variable: "node_taints" };
    if (taints.every((taint) => typeof taint === "string" && parseTaint(taint) !== undefined))
      claims.put([...path, "taints"], taints as Value, from);
    else claims.refuse(from, "one of them is no taint");
  }
}

/** kubespray marks infra nodes by a label only. */
export function isInfraNode(view: View, host: string): boolean {
  const labels = view.value(host, "node_labels");
  return isMap(labels) && Object.hasOwn(labels, "node-role.kubernetes.io/infra");
}
