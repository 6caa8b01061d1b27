/** Reads sections from ceph-ansible's variables. */
import { isMap, type Value, type ValueMap } from "../../core/value.ts";
import { isTrue, listOf, type ToolView, textOf } from "../read/tool-view.ts";
import type { SectionValues } from "./section-values.ts";
import { take, takeText } from "./shared.ts";

/** Adds what ceph-ansible's inventory says about the sections. */
export function mapCeph(view: ToolView, sections: SectionValues): void {
  const ceph = ["storage", "ceph"];
  takeText(view, sections, "ceph_origin", [...ceph, "origin"]);
  takeText(view, sections, "ceph_stable_release", ["versions", "ceph"]);
  take(view, "dashboard_enabled", (value, from) => sections.put([...ceph, "dashboard"], isTrue(value), from));
  for (const [variable, field] of [
    ["public_network", "publicNetworks"],
    ["cluster_network", "clusterNetworks"],
  ] as const) {
    take(view, variable, (value, from) => {
      const networks = listOf(value) ?? [];
      if (networks.length > 0)
        sections.put([...ceph, field], networks.length === 1 ? (networks[0] as string) : [...networks], from);
    });
  }
  mapPools(view, sections, [...ceph, "pools"]);
  for (const host of view.listing.hosts) {
    const devices = view.value(host, "devices");
    const found = listOf(devices) ?? [];
    if (found.length > 0)
      sections.put(["hosts", view.nameOf(host), "devices"], [...found], {
        tool: view.tool,
        variable: "devices",
      });
  }
}

/** A running cluster without pools in its inventory must not get our default pools. */
function mapPools(view: ToolView, sections: SectionValues, path: readonly string[]): void {
  const from = { tool: view.tool, variable: "pools" };
  const pools = view.common("pools");
  const isUsed =
    view.common("user_config") === undefined ? pools !== undefined : isTrue(view.common("user_config"));
  const found = isUsed && Array.isArray(pools) ? (pools as readonly Value[]).filter(isMap) : [];
  sections.put(path, found.flatMap(poolOf), from);
}

function poolOf(pool: ValueMap): readonly Value[] {
  const name = textOf(pool.name);
  if (name === undefined) return [];
  const application = textOf(pool.application);
  return [{ name, application: application === "cephfs" || application === "rgw" ? application : "rbd" }];
}
