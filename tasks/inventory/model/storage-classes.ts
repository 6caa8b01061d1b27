/** Builds the storage classes of storage.ceph. */
import type { StorageClass } from "../../core/model.ts";
import type { Settings } from "../schema/cluster.ts";

/** The classes of storageClasses; without that key, one for each rbd pool, the first of them the default class. */
export function buildStorageClasses({
  storageClasses,
  pools,
}: Settings["storage"]["ceph"]): readonly StorageClass[] {
  if (storageClasses !== undefined)
    return storageClasses.map(({ default: isDefault, ...rest }) => ({ ...rest, isDefault }));
  return pools
    .filter(({ application }) => application === "rbd")
    .map(({ name: pool }, index) => ({
      name: index === 0 ? "ceph-rbd" : `ceph-rbd-${pool.toLowerCase().replace(/[^a-z0-9-]+/g, "-")}`,
      pool,
      isDefault: index === 0,
      reclaimPolicy: "Delete",
      fsType: "ext4",
    }));
}
