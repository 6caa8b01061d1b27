/** The renderer of each tool, and the private folders beside its inventory. */
import type { ClusterModel, ToolName } from "../core/model.ts";
import { cephInventory } from "./ceph-ansible.ts";
import { customInventory } from "./custom.ts";
import { kubesprayInventory } from "./kubespray.ts";
import { openShiftInventory } from "./openshift-ansible.ts";
import type { ToolInventory } from "./tool-inventory.ts";

/** Tool → its inventory; undefined when the cluster does not use the tool. deploy/tool-files.ts adds what other rooms render. */
export const INVENTORIES: Readonly<Record<ToolName, (model: ClusterModel) => ToolInventory | undefined>> = {
  kubespray: kubesprayInventory,
  "ceph-ansible": cephInventory,
  "openshift-ansible": openShiftInventory,
  custom: customInventory,
};

/** Folders beside the inventory for keys and kubeconfigs, with mode 0700. A render creates them and never changes their files. */
export const PRIVATE_FOLDERS: Readonly<Record<ToolName, readonly string[]>> = {
  kubespray: ["artifacts", "credentials"],
  "ceph-ansible": [],
  "openshift-ansible": [],
  custom: ["credentials"],
};
