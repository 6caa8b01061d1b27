/** What the sync jobs would find: each mapping's group and its members, by the same searches as `oc adm groups sync`. */
import { escapeFilterValue, firstName, isWithin, type NormalDn, normalDn } from "../core/ldap.ts";
import type { Ldap, LdapMapping, LdapSearch } from "../core/model.ts";
import { firstValue, type LdapEntry, valuesOf } from "./ldif.ts";
import { type Answer, type Directory, type Query, type Refusal, search } from "./search.ts";

export interface MappingResult {
  readonly mapping: LdapMapping;
  /** False when no group in the directory has this name: none will be created in the cluster. */
  readonly found: boolean;
  /** Names in the cluster, sorted. */
  readonly members: readonly string[];
  /** Members that will be left out, with the reason. */
  readonly leftOut: readonly { readonly member: string; readonly why: string }[];
  /** Other problems of the group. */
  readonly notes: readonly string[];
}

export type CheckResult =
  | { readonly kind: "checked"; readonly results: readonly MappingResult[] }
  | { readonly kind: "refused"; readonly refusal: Refusal }
  | { readonly kind: "no-base"; readonly key: "users" | "groups"; readonly base: string };

/** Members that are looked up with one search: directories limit the size of answers and of filters. */
const AT_ONCE = 50;

export async function checkLdap(directory: Directory): Promise<CheckResult> {
  const { ldap } = directory;
  const bases = [
    { key: "users", base: ldap.users.base } as const,
    ...(ldap.groups === undefined ? [] : [{ key: "groups", base: ldap.groups.base } as const]),
  ];
  const first = await search(directory, [
    ...bases.map(({ base }): Query => ({ base, scope: "base", filter: "(objectClass=*)", attributes: [] })),
    ...(ldap.groups === undefined ? [] : ldap.mapping.map((mapping) => groupQuery(ldap, mapping))),
  ]);
  if (first.refusal !== undefined) return { kind: "refused", refusal: first.refusal };
  const missing = bases.find((_, index) => first.answers[index]?.entries.length === 0);
  if (missing !== undefined) return { kind: "no-base", ...missing };
  const groups = first.answers.slice(bases.length);
  return ldap.schema === "rfc2307"
    ? await checkByMembers(directory, groups)
    : await checkByUsers(directory, groups);
}

function groupQuery({ groups, schema }: Ldap, { ldap: uid }: LdapMapping): Query {
  if (groups === undefined) throw new Error("no groups to search");
  const attributes = schema === "rfc2307" ? groups.memberAttributes : groups.nameAttributes;
  if (groups.uidAttribute === "dn")
    return { base: uid, scope: "base", filter: "(objectClass=*)", attributes };
  return {
    base: groups.base,
    scope: groups.scope,
    filter: withFilter(groups, groups.uidAttribute, uid),
    attributes,
  };
}

function withFilter({ filter }: LdapSearch, attribute: string, value: string): string {
  const one = `(${attribute}=${escapeFilterValue(value)})`;
  return filter === undefined ? one : `(&${filter}${one})`;
}

/** rfc2307: the group names its members, each is looked up among the users. */
async function checkByMembers(directory: Directory, groups: readonly Answer[]): Promise<CheckResult> {
  const { ldap } = directory;
  const attributes = ldap.groups?.memberAttributes ?? [];
  const members = groups.map(({ entries }) => entries.flatMap((entry) => valuesOf(entry, attributes)));
  const users = await findUsers(directory, new Set(members.flat()));
  if ("refusal" in users) return { kind: "refused", refusal: users.refusal };
  const results = ldap.mapping.map((mapping, index): MappingResult => {
    const { entries = [] } = groups[index] ?? {};
    const judged = (members[index] ?? []).map((member) => ({ member, ...users.judge(member) }));
    return {
      mapping,
      found: entries.length > 0,
      members: sorted(judged.flatMap(({ name }) => name ?? [])),
      leftOut: judged.flatMap(({ member, why }) => (why === undefined ? [] : [{ member, why }])),
      notes: [...duplicates(entries), ...incompleteMembers(entries, attributes)],
    };
  });
  return { kind: "checked", results };
}

interface Users {
  judge(member: string): { readonly name?: string; readonly why?: string };
}

async function findUsers(
  directory: Directory,
  members: ReadonlySet<string>,
): Promise<Users | { readonly refusal: Refusal }> {
  const { users } = directory.ldap;
  const isByDn = users.uidAttribute.toLowerCase() === "dn";
  const base = normalDn(users.base) ?? [];
  const key = (member: string): string | undefined =>
    isByDn ? keyOf(normalDn(member)) : member.normalize("NFC").toLowerCase();
  const wanted = [...members].filter((member) => !isByDn || isBelow(member, base));
  const comparisons = [
    ...new Set(wanted.flatMap((member) => comparisonFor(member, isByDn, users.uidAttribute))),
  ];
  const queries: Query[] = [];
  for (let at = 0; at < comparisons.length; at += AT_ONCE) {
    const any = `(|${comparisons.slice(at, at + AT_ONCE).join("")})`;
    queries.push({
      base: users.base,
      scope: users.scope,
      filter: users.filter === undefined ? any : `(&${users.filter}${any})`,
      attributes: [...users.nameAttributes, ...(isByDn ? [] : [users.uidAttribute])],
    });
  }
  const found = queries.length === 0 ? { answers: [] } : await search(directory, queries);
  if (found.refusal !== undefined) return { refusal: found.refusal };
  const byKey = new Map<string, LdapEntry>();
  for (const entry of found.answers.flatMap(({ entries }) => entries)) {
    const keys = isByDn ? [entry.dn] : valuesOf(entry, [users.uidAttribute]);
    for (const one of keys.map(key)) if (one !== undefined) byKey.set(one, entry);
  }
  return {
    judge(member) {
      if (isByDn && !isBelow(member, base)) return { why: `is not below ${users.base}` };
      const entry = byKey.get(key(member) ?? "");
      if (entry === undefined) return { why: "is not found among the users" };
      const name = firstValue(entry, users.nameAttributes);
      return name === undefined ? { why: `has no ${users.nameAttributes.join(" or ")}` } : { name };
    },
  };
}

/** An entry always has the attribute that its DN begins with, so a search finds it by that. */
function comparisonFor(member: string, isByDn: boolean, attribute: string): string[] {
  const name = isByDn ? firstName(member) : { attribute, value: member };
  return name === undefined ? [] : [`(${name.attribute}=${escapeFilterValue(name.value)})`];
}

function isBelow(member: string, base: NormalDn): boolean {
  const dn = normalDn(member);
  return dn !== undefined && isWithin(dn, base);
}

function keyOf(dn: NormalDn | undefined): string | undefined {
  return dn === undefined ? undefined : JSON.stringify(dn);
}

/** Both Active Directory schemas: users name their groups. */
async function checkByUsers(directory: Directory, groups: readonly Answer[]): Promise<CheckResult> {
  const { ldap } = directory;
  const { users } = ldap;
  const answered = await search(
    directory,
    ldap.mapping.map(({ ldap: uid }) => {
      const any = users.groupAttributes.map((name) => `(${name}=${escapeFilterValue(uid)})`).join("");
      const one = users.groupAttributes.length === 1 ? any : `(|${any})`;
      return {
        base: users.base,
        scope: users.scope,
        filter: users.filter === undefined ? one : `(&${users.filter}${one})`,
        attributes: users.nameAttributes,
      };
    }),
  );
  if (answered.refusal !== undefined) return { kind: "refused", refusal: answered.refusal };
  const results = ldap.mapping.map((mapping, index): MappingResult => {
    const { entries = [], code = 0 } = answered.answers[index] ?? {};
    const named = entries.map((entry) => ({ entry, name: firstValue(entry, users.nameAttributes) }));
    const group = groups[index]?.entries ?? [];
    return {
      mapping,
      // Without group entries, a group exists as long as a user names it.
      found: ldap.groups === undefined ? entries.length > 0 : group.length > 0,
      members: sorted(named.flatMap(({ name }) => name ?? [])),
      leftOut: named
        .filter(({ name }) => name === undefined)
        .map(({ entry }) => ({ member: entry.dn, why: `has no ${users.nameAttributes.join(" or ")}` })),
      notes: [
        ...duplicates(group),
        ...(code === 4 ? ["the directory returned only a part of the users (size limit)"] : []),
      ],
    };
  });
  return { kind: "checked", results };
}

function duplicates(groups: readonly LdapEntry[]): string[] {
  return groups.length > 1
    ? [`${groups.length} groups have this name: ${groups.map(({ dn }) => dn).join("; ")}`]
    : [];
}

/** Active Directory returns large groups in parts, `member;range=0-1499`, which oc does not read. */
function incompleteMembers(groups: readonly LdapEntry[], attributes: readonly string[]): string[] {
  const isCut = groups.some((group) =>
    [...group.attributes.keys()].some((key) =>
      attributes.some((name) => key.startsWith(`${name.toLowerCase()};range=`)),
    ),
  );
  return isCut ? ["the directory returns its members in parts: use the schema augmentedActiveDirectory"] : [];
}

function sorted(names: readonly string[]): string[] {
  return [...new Set(names)].sort();
}
