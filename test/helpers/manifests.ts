/** What manifests are made of, for tests. */
import type { Ldap } from "../../tasks/core/model.ts";
import type { CephAccess } from "../../tasks/manifests/ceph.ts";

export const CEPH_ACCESS: CephAccess = {
  fsid: "c2c1d7a4-0d2e-4a35-8f5e-2f9f7a3a8f10",
  monitors: ["10.0.0.1:6789", "10.0.0.2:6789"],
  pools: ["kubernetes"],
  user: "kubernetes",
  key: "AQDkN1Vn2vNnNBAAEJ9yKZ1Y2k0c6b0y3z4dQA==",
};

/** One LDAP group, an admin's. */
export function aLdap(more: Partial<Ldap> = {}): Ldap {
  return {
    url: "ldaps://ldap.example.com",
    bind: { dn: "cn=reader,dc=example,dc=com", password: { kind: "file", path: "/nowhere" } },
    caFile: "/nowhere/ca.crt",
    schema: "rfc2307",
    users: {
      base: "ou=people,dc=example,dc=com",
      scope: "sub",
      uidAttribute: "dn",
      nameAttributes: ["uid"],
      groupAttributes: ["memberOf"],
    },
    groups: {
      base: "ou=groups,dc=example,dc=com",
      scope: "sub",
      uidAttribute: "dn",
      nameAttributes: ["cn"],
      memberAttributes: ["member"],
    },
    mapping: [
      { ldap: "cn=admins,ou=groups,dc=example,dc=com", group: "admins", roles: ["cluster-admin", "view"] },
    ],
    schedule: "*/15 * * * *",
    pruneSchedule: "30 3 * * *",
    tolerateMissingMembers: true,
    confirm: false,
    namespace: "kube-magic-ldap",
    ...more,
  };
}
