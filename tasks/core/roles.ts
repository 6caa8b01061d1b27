/** What a host can be. */
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
export type Role = (typeof ROLES)[number];
