/** The Ceph user that Kubernetes works as: ceph-ansible makes it, our own playbooks check it and hand its key over. */
import type { CephPool, CephStorage } from "../core/model.ts";
import type { ValueMap } from "../core/value.ts";

/** Without the `client.` that Ceph puts in front. */
export const CEPH_USER = "kubernetes";

export function blockPoolsOf(ceph: CephStorage): readonly CephPool[] {
  return ceph.pools.filter(({ application }) => application === "rbd");
}

/** Block images in its pools, and nothing else. */
export function blockCaps(ceph: CephStorage): ValueMap {
  const pools = blockPoolsOf(ceph)
    .map(({ name }) => `profile rbd pool=${name}`)
    .join(", ");
  return { mon: "profile rbd", osd: pools, mgr: pools };
}
