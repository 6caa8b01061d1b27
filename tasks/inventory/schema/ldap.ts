/** Schema of the section ldap: synchronises groups of a directory to OpenShift. */
import { z } from "zod";
import { filterProblem, isAttributeName, normalDn } from "../../core/ldap.ts";
import { checked, dnsName, userFile, vaulted, word } from "./fields.ts";

const dn = () =>
  checked(
    z.string(),
    (text) => text !== "" && normalDn(text) !== undefined,
    (text) => `"${text}" is not a distinguished name`,
    "write it as attribute=value,attribute=value, such as ou=groups,dc=example,dc=com",
  );

const filter = () =>
  checked(
    z.string(),
    (text) => filterProblem(text) === undefined,
    (text) => `"${text}" is not an LDAP filter: ${filterProblem(text)}`,
    "write it as (attribute=value) or (&(…)(…)); in a value, write ( ) * and \\ as \\28 \\29 \\2a and \\5c",
  );

const attribute = () =>
  checked(
    z.string(),
    isAttributeName,
    (text) => `"${text}" is not an attribute`,
    "write the name of one attribute, such as cn",
  );

const ldapUrl = () =>
  checked(
    z.string(),
    (text) => /^ldaps?:\/\/[^\s/?#@]+\/?$/.test(text) && URL.canParse(text),
    (text) => `"${text}" is not the URL of an LDAP server`,
    "write it as ldaps://host, or as ldap://host:389 (which uses StartTLS), without a base",
  );

/** Five fields, by their form only: the cluster checks their values. */
const schedule = () =>
  checked(
    z.string(),
    (text) =>
      /^@(?:yearly|monthly|weekly|daily|hourly)$/.test(text) ||
      /^(?:[\d*/,-]+|\?)(?: [\dA-Za-z*/,?-]+){4}$/.test(text),
    (text) => `"${text}" is not a cron schedule`,
    'write five fields, such as "*/15 * * * *", in quotes',
  );

/** A DN or the value of an attribute: nearly any text. */
const groupUid = () =>
  checked(
    z.string(),
    (text) => text.trim() !== "" && !/[\r\n\0]/.test(text),
    () => "the name of the group is empty, or has more than one line",
    "write the DN of the group, or the value of groups.uidAttribute",
  );

/** Name of a group in OpenShift: it becomes part of URLs and role bindings. */
const groupName = () =>
  checked(
    z.string(),
    (text) => /^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/.test(text),
    (text) => `"${text}" cannot be the name of a group`,
    "use letters, digits, dots, hyphens and underscores; at most 63",
  );

/** Names of ClusterRoles may contain colons. */
const roleName = () =>
  checked(
    z.string(),
    (text) => /^[A-Za-z0-9][A-Za-z0-9:._-]{0,62}$/.test(text),
    (text) => `"${text}" cannot be the name of a ClusterRole`,
    "write its name, such as view, edit, admin or cluster-admin",
  );

const scope = z
  .enum(["sub", "one", "base"])
  .default("sub")
  .describe(
    "How deep to search below the base: sub: all levels, one: one level, base: only the base itself.",
  );

const mapping = z.strictObject({
  ldap: groupUid().describe("The group in the directory, by groups.uidAttribute: most often its DN."),
  group: groupName().describe("The group in the cluster."),
  roles: z.array(roleName()).default([]).describe("ClusterRoles to give to the group, in all projects."),
});

/** The section ldap. */
export const ldap = z
  .strictObject({
    url: ldapUrl().describe(
      "ldaps://host[:port], or ldap://host[:port] with StartTLS. A connection without TLS is not possible.",
    ),
    bindDn: dn().optional().describe("DN of the account that reads the directory. Default: anonymous."),
    bindPassword: vaulted().optional().describe("Password of bindDn, as a !vault value."),
    bindPasswordFile: userFile()
      .optional()
      .describe("File with the password of bindDn: mode 0600, or encrypted with ansible-vault."),
    caFile: userFile()
      .optional()
      .describe(
        "Certificate authority of the LDAP server, PEM. Default: the authorities that the hosts trust.",
      ),
    schema: z
      .enum(["rfc2307", "activeDirectory", "augmentedActiveDirectory"])
      .default("rfc2307")
      .describe(
        "rfc2307: groups list their members. activeDirectory: users list their groups. augmentedActiveDirectory: users list their groups, and groups are entries too.",
      ),
    users: z
      .strictObject({
        base: dn().describe("DN below which the users are."),
        scope,
        filter: filter()
          .optional()
          .describe("Filter for the entries that are users. Not possible with rfc2307 and uidAttribute dn."),
        uidAttribute: attribute()
          .default("dn")
          .describe("Attribute of a user that a group lists as its member. Only for rfc2307."),
        nameAttributes: z
          .array(attribute())
          .min(1)
          .default(["uid"])
          .describe("Attributes for the user's name in the cluster: the first one that an entry has."),
        groupAttributes: z
          .array(attribute())
          .min(1)
          .default(["memberOf"])
          .describe("Attributes that list a user's groups. Only for the two Active Directory schemas."),
      })
      .describe("The users."),
    groups: z
      .strictObject({
        base: dn().describe("DN below which the groups are."),
        scope,
        filter: filter()
          .optional()
          .describe("Filter for the entries that are groups. Not possible with uidAttribute dn."),
        uidAttribute: attribute().default("dn").describe("Attribute of a group that mapping.ldap contains."),
        nameAttributes: z
          .array(attribute())
          .min(1)
          .default(["cn"])
          .describe("Attributes for the name of a group, for people."),
        memberAttributes: z
          .array(attribute())
          .min(1)
          .default(["member"])
          .describe("Attributes that list a group's members. Only for rfc2307."),
      })
      .optional()
      .describe("The groups. Not possible with activeDirectory."),
    mapping: z.array(mapping).min(1).describe("The groups to synchronise, and their ClusterRoles."),
    schedule: schedule()
      .default("*/15 * * * *")
      .describe("When to synchronise the groups, as a cron schedule."),
    pruneSchedule: schedule()
      .default("30 3 * * *")
      .describe("When to remove groups that the directory no longer has."),
    tolerateMissingMembers: z
      .boolean()
      .default(true)
      .describe("true: skip members that are not found. false: skip the whole group. Only for rfc2307."),
    confirm: z
      .boolean()
      .default(false)
      .describe("false: a dry run, the jobs only log what they would change. true: they change the groups."),
    namespace: dnsName().default("kube-magic-ldap").describe("Project that the jobs run in."),
    image: word().optional().describe("Image with oc. Default: the cluster's own image."),
  })
  .check(({ value, issues }) => {
    const { bindDn, bindPassword, bindPasswordFile } = value;
    const passwords = [bindPassword, bindPasswordFile].filter((one) => one !== undefined).length;
    if (passwords === (bindDn === undefined ? 0 : 1)) return;
    const [message, remedy] =
      bindDn === undefined
        ? ["there is a password, but no account for it", "add bindDn, or remove the password"]
        : passwords === 0
          ? ["the account bindDn has no password", "add bindPasswordFile, or bindPassword as a !vault value"]
          : ["the password is given twice", "keep one of bindPassword and bindPasswordFile"];
    const path = [
      passwords === 0 ? "bindDn" : bindPassword === undefined ? "bindPasswordFile" : "bindPassword",
    ];
    issues.push({ code: "custom", input: value, path, message, params: { remedy } });
  })
  .describe("Synchronises groups of a directory to OpenShift with scheduled jobs. See docs/ldap.md.");
