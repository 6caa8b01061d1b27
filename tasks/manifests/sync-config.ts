/** LDAPSyncConfig, which `oc adm groups sync` reads. It is a file and not an API object, so no API server checks its fields. */
import { z } from "zod";
import type { Ldap, LdapSearch } from "../core/model.ts";

const query = z.strictObject({
  baseDN: z.string().min(1),
  scope: z.enum(["sub", "one", "base"]),
  derefAliases: z.enum(["never", "search", "base", "always"]),
  timeout: z.int().min(0),
  filter: z.string().startsWith("(").optional(),
  pageSize: z.int().min(0),
});
/** oc refuses a filter for entries that it reads by their DN. */
const namedBy = (uid: string, search: { filter?: string | undefined }) =>
  uid !== "dn" || search.filter === undefined;
const names = z.array(z.string().min(1)).min(1);

const rfc2307 = z
  .strictObject({
    groupsQuery: query,
    groupUIDAttribute: z.string().min(1),
    groupNameAttributes: names,
    groupMembershipAttributes: names,
    usersQuery: query,
    userUIDAttribute: z.string().min(1),
    userNameAttributes: names,
    tolerateMemberNotFoundErrors: z.boolean(),
    tolerateMemberOutOfScopeErrors: z.boolean(),
  })
  .refine((one) => namedBy(one.groupUIDAttribute, one.groupsQuery))
  .refine((one) => namedBy(one.userUIDAttribute, one.usersQuery));

const activeDirectory = z.strictObject({
  usersQuery: query,
  userNameAttributes: names,
  groupMembershipAttributes: names,
});

const augmentedActiveDirectory = z
  .strictObject({
    ...activeDirectory.shape,
    groupsQuery: query,
    groupUIDAttribute: z.string().min(1),
    groupNameAttributes: names,
  })
  .refine((one) => namedBy(one.groupUIDAttribute, one.groupsQuery));

/** Schema of the file, as OpenShift documents it. */
export const syncConfigSchema = z
  .strictObject({
    kind: z.literal("LDAPSyncConfig"),
    apiVersion: z.literal("v1"),
    url: z.string().regex(/^ldaps?:\/\//),
    bindDN: z.string().optional(),
    bindPassword: z.strictObject({ file: z.string().startsWith("/") }).optional(),
    insecure: z.literal(false),
    ca: z.string().startsWith("/").optional(),
    groupUIDNameMapping: z.record(z.string(), z.string()),
    rfc2307: rfc2307.optional(),
    activeDirectory: activeDirectory.optional(),
    augmentedActiveDirectory: augmentedActiveDirectory.optional(),
  })
  .refine(
    (one) =>
      [one.rfc2307, one.activeDirectory, one.augmentedActiveDirectory].filter((part) => part !== undefined)
        .length === 1,
  );
/** The content of the file. */
export type SyncConfig = z.infer<typeof syncConfigSchema>;

/** Paths in the job's container. */
export interface SyncPlaces {
  readonly password: string;
  readonly authority: string;
}

/** The configuration of a section ldap. @throws Error when it does not fit the schema: our bug. */
export function syncConfig(ldap: Ldap, places: SyncPlaces): SyncConfig {
  const { users, groups } = ldap;
  const userPart = {
    usersQuery: queryOf(users),
    userNameAttributes: [...users.nameAttributes],
  };
  const groupPart = () => {
    if (groups === undefined) throw new Error(`${ldap.schema} without groups`);
    return {
      groupsQuery: queryOf(groups),
      groupUIDAttribute: groups.uidAttribute,
      groupNameAttributes: [...groups.nameAttributes],
    };
  };
  return syncConfigSchema.parse({
    kind: "LDAPSyncConfig",
    apiVersion: "v1",
    url: ldap.url,
    ...(ldap.bind === undefined ? {} : { bindDN: ldap.bind.dn, bindPassword: { file: places.password } }),
    insecure: false,
    ...(ldap.caFile === undefined ? {} : { ca: places.authority }),
    groupUIDNameMapping: Object.fromEntries(ldap.mapping.map((one) => [one.ldap, one.group])),
    ...(ldap.schema === "rfc2307"
      ? {
          rfc2307: {
            ...groupPart(),
            groupMembershipAttributes: [...(groups?.memberAttributes ?? [])],
            ...userPart,
            userUIDAttribute: users.uidAttribute,
            tolerateMemberNotFoundErrors: ldap.tolerateMissingMembers,
            tolerateMemberOutOfScopeErrors: ldap.tolerateMissingMembers,
          },
        }
      : ldap.schema === "activeDirectory"
        ? { activeDirectory: { ...userPart, groupMembershipAttributes: [...users.groupAttributes] } }
        : {
            augmentedActiveDirectory: {
              ...groupPart(),
              ...userPart,
              groupMembershipAttributes: [...users.groupAttributes],
            },
          }),
  });
}

function queryOf({ base, scope, filter }: LdapSearch): z.infer<typeof query> {
  return {
    baseDN: base,
    scope,
    derefAliases: "never",
    timeout: 0,
    ...(filter === undefined ? {} : { filter }),
    // Directories return at most 1,000 entries at a time, some only 500.
    pageSize: 500,
  };
}
