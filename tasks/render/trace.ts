/**
 * Finds the rendered variables that contain a value of the central inventory: it changes the value, renders again, and
 * compares. This is exact for every value, because the renderers themselves give the answer.
 */
import { toJsonText } from "../core/json-text.ts";
import { type ClusterModel, TOOLS, type ToolName } from "../core/model.ts";
import type { Value } from "../core/value.ts";
import { connectionsOf } from "./connection.ts";
import type { InventoryOf } from "./tool-inventory.ts";

/** A place in a rendered inventory. */
export interface Carrier {
  readonly tool: ToolName;
  /** Relative to build/<cluster>/<tool>/. */
  readonly file: string;
  /** `etcd_data_dir` in a variables file; `hosts.master1.ip`, `vars.ansible_user` or `children.etcd` in hosts.yml. */
  readonly variable: string;
}

/**
 * Every variable that differs between the inventories of two models, in the order of tools and files. For "which files
 * carry this value", the other model is the same cluster with that one value changed.
 */
export function whichFilesCarry(
  model: ClusterModel,
  variant: ClusterModel,
  inventoryOf: InventoryOf,
): readonly Carrier[] {
  return TOOLS.flatMap((tool) => {
    const [left, right] = [places(model, tool, inventoryOf), places(variant, tool, inventoryOf)];
    return [...new Map([...left, ...right])]
      .filter(([key]) => left.get(key)?.text !== right.get(key)?.text)
      .map(([, { carrier }]) => carrier);
  });
}

interface Place {
  readonly carrier: Carrier;
  readonly text: string;
}

function places(model: ClusterModel, tool: ToolName, inventoryOf: InventoryOf): Map<string, Place> {
  const found = new Map<string, Place>();
  const inventory = inventoryOf(model, tool);
  if (inventory === undefined) return found;
  const add = (file: string, variable: string, value: Value) => {
    found.set(`${file}\0${variable}`, { carrier: { tool, file, variable }, text: toJsonText(value) });
  };
  const connections = connectionsOf(model, inventory.hosts);
  const site = model.tools[tool];
  for (const [name, value] of Object.entries(connections.shared)) add("hosts.yml", `vars.${name}`, value);
  for (const host of inventory.hosts) {
    const variables = { ...connections.of(host), ...inventory.hostVariables(host), ...site.hosts[host.name] };
    for (const [name, value] of Object.entries(variables))
      add("hosts.yml", `hosts.${host.name}.${name}`, value);
  }
  for (const [name, { hosts = [], children = [] }] of Object.entries(inventory.groups)) {
    add("hosts.yml", `children.${name}`, [hosts, children]);
  }
  for (const [origin, groups] of [
    ["kube-magic", inventory.variables],
    ["site", site.groups],
  ] as const) {
    for (const [group, variables] of Object.entries(groups)) {
      for (const [name, value] of Object.entries(variables))
        add(`group_vars/${group}/${origin}.yml`, name, value);
    }
  }
  return found;
}
