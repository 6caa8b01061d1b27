/** LDIF of a directory for tests. */
import { GROUPS, PASSWORD, PEOPLE, READER, SUFFIX } from "./slapd.ts";

export interface LdapDirectory {
  readonly ldif: string;
}

/** RFC 4514: a value as it stands in a DN. */
export function dnValue(text: string): string {
  return text
    .replace(/[\\,+"<>;=]/g, "\\$&")
    .replace(/^[ #]/, "\\$&")
    .replace(/ $/, "\\ ");
}

export const userDn = (uid: string): string => `uid=${dnValue(uid)},${PEOPLE}`;
export const groupDn = (cn: string): string => `cn=${dnValue(cn)},${GROUPS}`;

/** Names that break filters, DNs, shells and LDIF when they are not escaped. */
export const HOSTILE_USERS = [
  "ann (x)",
  "star*",
  "back\\slash",
  "comma, name",
  "ünïcode",
  "#hash",
  " blank",
  "a=b+c",
  "quote'\"",
  "$(touch hacked)",
  "名前",
] as const;
export const HOSTILE_GROUP = "R&D (alt) *: \"é\", $(id) 'x' \\ 名";

function line(name: string, value: string): string {
  return `${name}:: ${Buffer.from(value).toString("base64")}\n`;
}

function entry(
  dn: string,
  classes: readonly string[],
  attributes: Readonly<Record<string, string | readonly string[]>>,
): string {
  const values = Object.entries(attributes).flatMap(([name, value]) =>
    (typeof value === "string" ? [value] : value).map((one) => line(name, one)),
  );
  return `${line("dn", dn)}${classes.map((name) => `objectClass: ${name}\n`).join("")}${values.join("")}\n`;
}

const user = (uid: string): string => entry(userDn(uid), ["inetOrgPerson"], { uid, cn: uid, sn: uid });
const group = (cn: string, member: readonly string[]): string =>
  entry(groupDn(cn), ["groupOfNames"], { cn, member });

export const CROWD = Array.from({ length: 80 }, (_, index) => `user${String(index).padStart(3, "0")}`);

/** Ten plain and some hostile users; groups plain, hostile, nested, crowded, with dangling and foreign members. */
export const DIRECTORY: LdapDirectory = {
  ldif: [
    entry(SUFFIX, ["dcObject", "organization"], { dc: "example", o: "Example" }),
    entry(PEOPLE, ["organizationalUnit"], { ou: "people" }),
    entry(GROUPS, ["organizationalUnit"], { ou: "groups" }),
    entry(READER, ["organizationalRole", "simpleSecurityObject"], { cn: "reader", userPassword: PASSWORD }),
    ...["jo", "kim", ...HOSTILE_USERS, ...CROWD].map(user),
    group("admins", [userDn("jo"), userDn("kim").toUpperCase().replace("KIM", "Kim")]),
    group(HOSTILE_GROUP, HOSTILE_USERS.map(userDn)),
    group("crowd", CROWD.map(userDn)),
    group("nested", [groupDn("admins"), userDn("jo")]),
    group("dangling", [userDn("gone"), READER, userDn("kim")]),
    group("nobody", [userDn("gone")]),
    entry(`cn=posix,${GROUPS}`, ["posixGroup"], {
      cn: "posix",
      gidNumber: "100",
      memberUid: ["jo", "star*", "gone"],
    }),
    entry(`cn=staff (old),${GROUPS}`, ["posixGroup"], {
      cn: "staff (old)",
      gidNumber: "101",
      memberUid: ["kim"],
    }),
  ].join(""),
};
