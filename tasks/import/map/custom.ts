/** Reads sections from the variables of our own inventory, as `npm run render` writes them. */

import { ROLES, type Role } from "../../core/model.ts";
import { isMap, type Value } from "../../core/value.ts";
import { type ToolView, textOf } from "../read/tool-view.ts";
import type { SectionValues } from "./section-values.ts";
import { take } from "./shared.ts";

const LISTS: readonly (readonly [variable: string, ...path: string[]])[] = [
  ["kube_magic_machine_networks", "network", "machines"],
  ["kube_magic_pod_networks", "network", "pods"],
  ["kube_magic_service_networks", "network", "services"],
  ["kube_magic_dns_servers", "network", "dns", "servers"],
  ["kube_magic_dns_search", "network", "dns", "search"],
  ["kube_magic_ntp_servers", "network", "ntp"],
  ["kube_magic_domain", "domain"],
];

const API = { vip: "vip", port: "port", backend_port: "backendPort", domain: "domain", vrid: "vrid" };
const BALANCER = { unicast: "unicast", stats_port: "statsPort", interface: "interface" };

/** Adds what our own inventory says about the sections. */
export function mapCustom(view: ToolView, sections: SectionValues): void {
  const { tool } = view;
  for (const [variable, ...path] of LISTS)
    take(view, variable, (value, from) =>
      sections.put(
        path,
        Array.isArray(value) &&
          value.length === 1 &&
          path[0] === "network" &&
          path.length === 2 &&
          path[1] !== "ntp"
          ? (value[0] as Value)
          : value,
        from,
      ),
    );
  fields(view, sections, "kube_magic_api", API, ["api"]);
  fields(view, sections, "kube_magic_load_balancer", BALANCER, ["loadBalancer"]);
  fields(view, sections, "kube_magic_proxy", { http: "http", https: "https", no: "no" }, [
    "network",
    "proxy",
  ]);
  take(view, "kube_magic_vips", (value, from) => {
    const edges = (Array.isArray(value) ? (value as readonly Value[]) : [])
      .filter(isMap)
      .filter(({ name }) => name !== "api");
    if (edges.length > 0)
      sections.put(
        ["loadBalancer", "edgeVips"],
        edges.map(({ address = null, vrid = null }) => ({ address, vrid })),
        from,
      );
  });
  for (const host of view.listing.hosts) {
    for (const field of ["zone", "interface", "devices"]) {
      const value = view.value(host, `kube_magic_${field}`);
      if (value !== undefined)
        sections.put(["hosts", view.nameOf(host), field], value, { tool, variable: `kube_magic_${field}` });
    }
  }
}

function fields(
  view: ToolView,
  sections: SectionValues,
  variable: string,
  names: Readonly<Record<string, string>>,
  path: readonly string[],
): void {
  take(view, variable, (value, from) => {
    for (const [name, field] of Object.entries(names)) {
      if (isMap(value) && value.local === true && name === "domain") continue;
      const inner = isMap(value) ? value[name] : undefined;
      if (inner !== undefined && inner !== null && inner !== "") sections.put([...path, field], inner, from);
    }
  });
}

/** The roles of a host in an inventory of kube-magic; undefined in any other inventory. */
export function listedRoles(view: ToolView, host: string): readonly Role[] | undefined {
  const roles = view.value(host, "kube_magic_roles");
  return Array.isArray(roles)
    ? roles.filter((role): role is Role => ROLES.includes(role as Role))
    : undefined;
}

/** The name of the cluster in a tool's inventory. */
export function clusterName(view: ToolView): string | undefined {
  return textOf(view.common(view.tool === "custom" ? "kube_magic_cluster" : "cluster_name"));
}
