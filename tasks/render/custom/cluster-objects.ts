/** What the playbook that applies manifests has to know of them. */
import { createHash } from "node:crypto";
import type { ClusterModel } from "../../core/model.ts";
import type { ValueMap } from "../../core/value.ts";

export function clusterObjectVariables(model: ClusterModel): ValueMap {
  const { ldap, ceph } = model;
  return {
    kube_magic_cluster_objects: {
      folder: "{{ inventory_dir | dirname }}/manifests",
      ldap: ldap !== undefined && model.orchestrator === "openshift",
      // The objects are made when the phase begins. This changes with the inventory, so that --resume runs it again.
      of: createHash("sha256")
        .update(JSON.stringify([ldap, ceph?.storageClasses]))
        .digest("hex")
        .slice(0, 16),
    },
  };
}
