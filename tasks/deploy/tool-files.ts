/** What a deploy writes for each tool: its inventory, and for our own playbooks what monitoring adds. */
import type { FileSet } from "../core/file-set.ts";
import type { ClusterModel, ToolName } from "../core/model.ts";
import { nagiosFiles } from "../monitoring/nagios/definitions.ts";
import { monitoringVariables } from "../monitoring/variables.ts";
import { inventoryFiles } from "../render/inventory-files.ts";
import { INVENTORIES } from "../render/renderers.ts";
import type { ToolInventory } from "../render/tool-inventory.ts";

/** Undefined when the cluster does not use the tool. */
export function toolInventory(model: ClusterModel, tool: ToolName): ToolInventory | undefined {
  const inventory = INVENTORIES[tool](model);
  if (inventory === undefined || tool !== "custom") return inventory;
  const { all } = inventory.variables;
  return {
    ...inventory,
    variables: {
      ...inventory.variables,
      all: { ...all, kube_magic_monitoring: monitoringVariables(model) },
    },
  };
}

/**
 * Files relative to build/<cluster>/<tool>/; an empty set when the cluster does not use the tool.
 * @throws InputError when a pass-through group's name cannot be a folder.
 */
export function toolFiles(model: ClusterModel, tool: ToolName): FileSet {
  const inventory = toolInventory(model, tool);
  if (inventory === undefined) return new Map();
  const files = inventoryFiles(model, tool, inventory);
  return tool === "custom" ? new Map([...files, ...nagiosFiles(model)]) : files;
}
