/** Every tool's renderer, by name: central model in, files relative to build/<cluster>/<tool>/ out. */
import type { FileSet } from "../core/file-set.ts";
import type { ClusterModel, ToolName } from "../core/model.ts";
import { renderCephAnsible } from "./ceph-ansible.ts";
import { renderCustom } from "./custom.ts";
import { renderKubespray } from "./kubespray.ts";
import { renderOpenShiftAnsible } from "./openshift-ansible.ts";

/** Pure; an empty set means that the cluster does not use the tool. Throws InputError for names that cannot be files. */
export const RENDERERS: Readonly<Record<ToolName, (model: ClusterModel) => FileSet>> = {
  kubespray: renderKubespray,
  "ceph-ansible": renderCephAnsible,
  "openshift-ansible": renderOpenShiftAnsible,
  custom: renderCustom,
};

/** Folders that a tool, or we, fill beside the inventory with keys and kubeconfigs: made 0700, never touched again. */
export const PRIVATE_FOLDERS: Readonly<Record<ToolName, readonly string[]>> = {
  kubespray: ["artifacts", "credentials"],
  "ceph-ansible": [],
  "openshift-ansible": [],
  custom: ["credentials"],
};
