/** The roles of hosts. */

/** Every role, in the order in which messages and imports list them. */
export const ROLES = [
  "control-plane",
  "etcd",
  "worker",
  "infra",
  "load-balancer",
  "ceph-mon",
  "ceph-mgr",
  "ceph-osd",
  "ceph-mds",
  "ceph-rgw",
  "nagios",
  "backup",
  "dns",
  "registry",
  "bastion",
] as const;
/** A role of a host. */
export type Role = (typeof ROLES)[number];
