/** Kubernetes' Ceph user: ceph-ansible creates it, our own playbooks check it and pass its key to later phases. */
import type { CephPool, CephStorage } from "../core/model.ts";
import type { ValueMap } from "../core/value.ts";

/** Name of the user, without Ceph's prefix `client.`. */
export const CEPH_USER = "kubernetes";

/** The pools for block images. */
export function blockPoolsOf(ceph: CephStorage): readonly CephPool[] {
  return ceph.pools.filter(({ application }) => application === "rbd");
}

/** Capabilities of the user: block images in these pools, and nothing else. */
export function blockCaps(ceph: CephStorage): ValueMap {
  const pools = blockPoolsOf(ceph)
    .map(({ name }) => `profile rbd pool=${name}`)
    .join(", ");
  return { mon: "profile rbd", osd: pools, mgr: pools };
}
