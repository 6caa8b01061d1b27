/** The section ldap: a directory whose groups OpenShift uses. */

/** Where the password for the directory is: the encrypted text, or a file. */
export type SecretSource =
  | { readonly kind: "vaulted"; readonly text: string }
  | { readonly kind: "file"; readonly path: string };

/** A search in a directory. */
export interface LdapSearch {
  /** Distinguished name. */
  readonly base: string;
  readonly scope: "sub" | "one" | "base";
  /** RFC 4515. */
  readonly filter?: string;
  /** Attribute that identifies an entry, or `dn`. */
  readonly uidAttribute: string;
  readonly nameAttributes: readonly string[];
}

/** A group of the directory and its group in the cluster. */
export interface LdapMapping {
  /** The group's uidAttribute in the directory. */
  readonly ldap: string;
  /** Its name in the cluster. */
  readonly group: string;
  /** ClusterRoles that are bound to it. */
  readonly roles: readonly string[];
}

/** The section ldap: scheduled jobs synchronise groups of a directory to OpenShift. */
export interface Ldap {
  /** ldaps://…, or ldap://… with StartTLS. */
  readonly url: string;
  /** Absent: anonymous. */
  readonly bind?: { readonly dn: string; readonly password: SecretSource };
  /** Certificate authority, PEM; absent: the authorities that the hosts trust. */
  readonly caFile?: string;
  readonly schema: "rfc2307" | "activeDirectory" | "augmentedActiveDirectory";
  readonly users: LdapSearch & { readonly groupAttributes: readonly string[] };
  /** Absent with activeDirectory only. */
  readonly groups?: LdapSearch & { readonly memberAttributes: readonly string[] };
  readonly mapping: readonly LdapMapping[];
  /** As a cron schedule. */
  readonly schedule: string;
  readonly pruneSchedule: string;
  readonly tolerateMissingMembers: boolean;
  /** False: the jobs only log what they would change. */
  readonly confirm: boolean;
  readonly namespace: string;
  /** Image with `oc`; absent: the cluster's own image. */
  readonly image?: string;
}
