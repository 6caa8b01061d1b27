/** Builds the model of the section ldap. */
import type { Ldap, SecretSource } from "../../core/model.ts";
import type { InventoryPath } from "../../core/path.ts";
import type { Settings } from "../schema/cluster.ts";

type LdapSettings = NonNullable<Settings["ldap"]>;

/** @param resolveFile makes the path of a file absolute; relative paths start at the inventory file */
export function buildLdap(
  ldap: LdapSettings,
  resolveFile: (path: InventoryPath, file: string) => string,
): Ldap {
  const { bindDn, bindPassword, bindPasswordFile, caFile, image, groups, users, ...rest } = ldap;
  const password: SecretSource | undefined =
    bindPassword !== undefined
      ? { kind: "vaulted", text: bindPassword.text }
      : bindPasswordFile !== undefined
        ? { kind: "file", path: resolveFile(["ldap", "bindPasswordFile"], bindPasswordFile) }
        : undefined;
  return {
    ...rest,
    users: withoutUndefined(users),
    ...(groups === undefined ? {} : { groups: withoutUndefined(groups) }),
    ...(bindDn === undefined || password === undefined ? {} : { bind: { dn: bindDn, password } }),
    ...(caFile === undefined ? {} : { caFile: resolveFile(["ldap", "caFile"], caFile) }),
    ...(image === undefined ? {} : { image }),
  };
}

function withoutUndefined<Search extends { filter?: string | undefined }>({
  filter,
  ...rest
}: Search): Omit<Search, "filter"> & { readonly filter?: string } {
  return filter === undefined ? rest : { ...rest, filter };
}
