/** Variables of the playbook that applies the manifests. */
import { createHash } from "node:crypto";
import type { ClusterModel } from "../../core/model.ts";
import type { ValueMap } from "../../core/value.ts";

/** The folder of the manifests, and what is in it. */
export function clusterObjectVariables(model: ClusterModel): ValueMap {
  const { ldap, ceph } = model;
  return {
    kube_magic_cluster_objects: {
      folder: "{{ inventory_dir | dirname }}/manifests",
      ldap: ldap !== undefined && model.orchestrator === "openshift",
      // The manifests are written when the phase begins. This hash changes with the inventory, so that --resume repeats the phase.
      of: createHash("sha256")
        .update(JSON.stringify([ldap, ceph?.storageClasses]))
        .digest("hex")
        .slice(0, 16),
    },
  };
}
