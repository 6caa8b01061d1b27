/** Every tool by name: what it has to know about a cluster, and the files relative to build/<cluster>/<tool>/. */
import type { FileSet } from "../core/file-set.ts";
import type { ClusterModel, ToolName } from "../core/model.ts";
import { cephInventory } from "./ceph-ansible.ts";
import { customInventory } from "./custom.ts";
import { inventoryFiles } from "./inventory-files.ts";
import { kubesprayInventory } from "./kubespray.ts";
import { openShiftInventory } from "./openshift-ansible.ts";
import type { ToolInventory } from "./tool-inventory.ts";

/** Undefined when the cluster does not use the tool. */
export const INVENTORIES: Readonly<Record<ToolName, (model: ClusterModel) => ToolInventory | undefined>> = {
  kubespray: kubesprayInventory,
  "ceph-ansible": cephInventory,
  "openshift-ansible": openShiftInventory,
  custom: customInventory,
};

/**
 * The files of one tool's inventory; an empty set when the cluster does not use the tool. What a deploy writes is in
 * deploy/tool-files.ts: it adds what other rooms know.
 * @throws InputError when a pass-through group's name cannot be a folder.
 */
export function render(model: ClusterModel, tool: ToolName): FileSet {
  const inventory = INVENTORIES[tool](model);
  return inventory === undefined ? new Map() : inventoryFiles(model, tool, inventory);
}

/** Folders that a tool, or we, fill beside the inventory with keys and kubeconfigs: made 0700, never touched again. */
export const PRIVATE_FOLDERS: Readonly<Record<ToolName, readonly string[]>> = {
  kubespray: ["artifacts", "credentials"],
  "ceph-ansible": [],
  "openshift-ansible": [],
  custom: ["credentials"],
};
