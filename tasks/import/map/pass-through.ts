/** What has no section: variables in the tool's own names, at the group or host where they stood. */
import type { ClusterModel, ToolName } from "../../core/model.ts";
import type { Value, ValueMap } from "../../core/value.ts";
import { OWNERS } from "../../inventory/rules/owners.ts";
import { connectionsOf } from "../../render/connection.ts";
import type { InventoryOf, ToolInventory } from "../../render/tool-inventory.ts";
import { isSame } from "../prove/same-value.ts";
import { membersOf } from "../read/listing.ts";
import type { View } from "../read/tool-view.ts";
import { todaysGroup } from "./group-roles.ts";
import { keptPresets } from "./upstream-defaults.ts";

/** As it stands under tools.<tool>: group → variables, and `hosts` for single hosts. */
export type PassThrough = Record<string, Record<string, Value>>;

export function passThroughOf(view: View, model: ClusterModel, inventoryOf: InventoryOf): PassThrough {
  const { tool, listing } = view;
  const inventory = inventoryOf(model, tool);
  const groups = new Set(["all", ...Object.keys(inventory?.groups ?? {})]);
  const isKept = keeperOf(view, renderedVariables(model, inventory));
  const result: PassThrough = {};
  const hosts: Record<string, Record<string, Value>> = {};
  const setHost = (host: string, name: string, value: Value) => {
    const key = view.nameOf(host);
    hosts[key] = { ...hosts[key], [name]: value };
  };
  for (const [group, { variables }] of listing.groups) {
    const today = todaysGroup(tool, group);
    for (const [name, value] of Object.entries(variables)) {
      const isUnread = listing.hosts.every((host) => listing.effective.get(host)?.[name] === undefined);
      // Of a group without hosts nobody reads anything, and what was written there is kept, unless we write it too.
      const isKeptUnread = isPassable(tool, name) && !isSame(value, inventory?.variables[today]?.[name]);
      if (!(isUnread ? isKeptUnread : isKept(name))) continue;
      if (groups.has(today)) {
        result[today] = { ...result[today], [name]: value };
        continue;
      }
      // A group that our rendering does not have: its hosts keep what they ended up with.
      for (const host of membersOf(listing, group)) {
        const found = listing.effective.get(host)?.[name];
        if (found !== undefined) setHost(host, name, found);
      }
    }
  }
  for (const [host, variables] of listing.own) {
    for (const [name, value] of Object.entries(variables)) if (isKept(name)) setHost(host, name, value);
  }
  const presets = Object.entries(keptPresets(tool, view.common("cluster_name")));
  for (const [name, preset] of presets) {
    const isSilent = listing.hosts.every((host) => listing.effective.get(host)?.[name] === undefined);
    if (isSilent) result.all = { ...result.all, [name]: preset };
  }
  return { ...ordered(result), ...(Object.keys(hosts).length === 0 ? {} : { hosts }) };
}

/** `all` first, as the weakest; then by name. */
function ordered(groups: PassThrough): PassThrough {
  const names = Object.keys(groups).sort(
    (a, b) => Number(b === "all") - Number(a === "all") || (a < b ? -1 : 1),
  );
  return Object.fromEntries(names.map((name) => [name, groups[name] ?? {}]));
}

/** Hosts, and what our rendering gives each without any pass-through. */
function renderedVariables(
  model: ClusterModel,
  inventory: ToolInventory | undefined,
): ReadonlyMap<string, ValueMap> {
  if (inventory === undefined) return new Map();
  const connections = connectionsOf(model, inventory.hosts);
  const groups = Object.values(inventory.variables);
  return new Map(
    inventory.hosts.map((host) => [
      host.name,
      Object.assign(
        {},
        connections.shared,
        ...groups,
        connections.of(host),
        inventory.hostVariables(host),
      ) as ValueMap,
    ]),
  );
}

/** False for what a section owns, what we generate, and what our rendering says anyway to every host. */
function keeperOf(view: View, rendered: ReadonlyMap<string, ValueMap>): (name: string) => boolean {
  const decided = new Map<string, boolean>();
  const [anyHost] = rendered.values();
  const decide = (name: string): boolean => {
    if (!isPassable(view.tool, name)) return false;
    return view.listing.hosts.some((host) => {
      const before = view.listing.effective.get(host)?.[name];
      // A host that no role brings into the rendering says nothing against what all others get.
      const after = (rendered.get(view.nameOf(host)) ?? anyHost)?.[name];
      return before !== undefined && !isSame(before, after);
    });
  };
  return (name) => {
    const known = decided.get(name) ?? decide(name);
    decided.set(name, known);
    return known;
  };
}

/** Whether a variable may stand under tools: no section owns it, it is not generated, and Ansible accepts its name. */
export function isPassable(tool: ToolName, name: string): boolean {
  return (
    /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) &&
    !name.startsWith("kube_magic_") &&
    (OWNERS[tool][name] ?? OWNERS.any[name]) === undefined
  );
}
