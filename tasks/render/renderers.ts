/** Every tool by name: what it has to know about a cluster, and the files relative to build/<cluster>/<tool>/. */
import type { ClusterModel, ToolName } from "../core/model.ts";
import { cephInventory } from "./ceph-ansible.ts";
import { customInventory } from "./custom.ts";
import { kubesprayInventory } from "./kubespray.ts";
import { openShiftInventory } from "./openshift-ansible.ts";
import type { ToolInventory } from "./tool-inventory.ts";

/** Undefined when the cluster does not use the tool. deploy/tool-files.ts adds what other rooms know of a cluster. */
export const INVENTORIES: Readonly<Record<ToolName, (model: ClusterModel) => ToolInventory | undefined>> = {
  kubespray: kubesprayInventory,
  "ceph-ansible": cephInventory,
  "openshift-ansible": openShiftInventory,
  custom: customInventory,
};

/** Folders that a tool, or we, fill beside the inventory with keys and kubeconfigs: made 0700, never touched again. */
export const PRIVATE_FOLDERS: Readonly<Record<ToolName, readonly string[]>> = {
  kubespray: ["artifacts", "credentials"],
  "ceph-ansible": [],
  "openshift-ansible": [],
  custom: ["credentials"],
};
