/** Variables without a section: they keep the tool's own names and their group or host, under tools.<tool>. */
import type { ClusterModel, ToolName } from "../../core/model.ts";
import type { Value, ValueMap } from "../../core/value.ts";
import { SECTION_OF_VARIABLE } from "../../inventory/rules/owners.ts";
import { connectionsOf } from "../../render/connection.ts";
import type { InventoryOf, ToolInventory } from "../../render/tool-inventory.ts";
import { isSame } from "../prove/same-value.ts";
import { membersOf } from "../read/listing.ts";
import type { ToolView } from "../read/tool-view.ts";
import { currentGroupName } from "./group-roles.ts";
import { defaultsToKeep } from "./upstream-defaults.ts";

/** The content of tools.<tool>: group → variables, and `hosts` for single hosts. */
export type PassThrough = Record<string, Record<string, Value>>;

/**
 * The variables of a tool that no section holds and that our rendering does not set to the same value.
 * @param model of the sections alone, to see what they render
 */
export function passThroughOf(view: ToolView, model: ClusterModel, inventoryOf: InventoryOf): PassThrough {
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
    const today = currentGroupName(tool, group);
    for (const [name, value] of Object.entries(variables)) {
      const isUnread = listing.hosts.every((host) => listing.effective.get(host)?.[name] === undefined);
      // No host reads the variables of an empty group. They are kept, unless our rendering writes the same.
      const isKeptUnread = canPassThrough(tool, name) && !isSame(value, inventory?.variables[today]?.[name]);
      if (!(isUnread ? isKeptUnread : isKept(name))) continue;
      if (groups.has(today)) {
        result[today] = { ...result[today], [name]: value };
        continue;
      }
      // Our rendering does not have this group: each of its hosts gets the value that it had.
      for (const host of membersOf(listing, group)) {
        const found = listing.effective.get(host)?.[name];
        if (found !== undefined) setHost(host, name, found);
      }
    }
  }
  for (const [host, variables] of listing.own) {
    for (const [name, value] of Object.entries(variables)) if (isKept(name)) setHost(host, name, value);
  }
  const presets = Object.entries(defaultsToKeep(tool, view.common("cluster_name")));
  for (const [name, preset] of presets) {
    const isSilent = listing.hosts.every((host) => listing.effective.get(host)?.[name] === undefined);
    if (isSilent) result.all = { ...result.all, [name]: preset };
  }
  return { ...ordered(result), ...(Object.keys(hosts).length === 0 ? {} : { hosts }) };
}

/** `all` first, because it is the weakest group; then by name. */
function ordered(groups: PassThrough): PassThrough {
  const names = Object.keys(groups).sort(
    (a, b) => Number(b === "all") - Number(a === "all") || (a < b ? -1 : 1),
  );
  return Object.fromEntries(names.map((name) => [name, groups[name] ?? {}]));
}

/** Host → the variables that our rendering gives it without any pass-through. */
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

/** Whether to keep a variable: not one of a section, not a generated one, not one that renders the same anyway. */
function keeperOf(view: ToolView, rendered: ReadonlyMap<string, ValueMap>): (name: string) => boolean {
  const decided = new Map<string, boolean>();
  const [anyHost] = rendered.values();
  const decide = (name: string): boolean => {
    if (!canPassThrough(view.tool, name)) return false;
    return view.listing.hosts.some((host) => {
      const before = view.listing.effective.get(host)?.[name];
      // A host that is not in our rendering is compared with any host that is.
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

/** True when a variable may be under tools: no section sets it, it is not generated, and Ansible accepts its name. */
export function canPassThrough(tool: ToolName, name: string): boolean {
  return (
    /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) &&
    !name.startsWith("kube_magic_") &&
    (SECTION_OF_VARIABLE[tool][name] ?? SECTION_OF_VARIABLE.any[name]) === undefined
  );
}
