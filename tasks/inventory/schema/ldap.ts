/** Schema of section ldap: groups of a directory, brought into OpenShift. */
import { z } from "zod";
import { filterProblem, isAttributeName, normalDn } from "../../core/ldap.ts";
import { checked, dnsName, userFile, vaulted, word } from "./fields.ts";

const dn = () =>
  checked(
    z.string(),
    (text) => text !== "" && normalDn(text) !== undefined,
    (text) => `"${text}" is no distinguished name`,
    "write it as attribute=value,attribute=value, such as ou=groups,dc=example,dc=com",
  );

const filter = () =>
  checked(
    z.string(),
    (text) => filterProblem(text) === undefined,
    (text) => `"${text}" is no LDAP filter: ${filterProblem(text)}`,
    "write it as (attribute=value) or (&(…)(…)); in a value, ( ) * and \\ are \\28 \\29 \\2a and \\5c",
  );

const attribute = () =>
  checked(
    z.string(),
    isAttributeName,
    (text) => `"${text}" is no attribute`,
    "write the name of one attribute, such as cn",
  );

const ldapUrl = () =>
  checked(
    z.string(),
    (text) => /^ldaps?:\/\/[^\s/?#@]+\/?$/.test(text) && URL.canParse(text),
    (text) => `"${text}" is no URL of an LDAP server`,
    "write it as ldaps://host or ldap://host:389 (which then speaks StartTLS), without a base",
  );

/** Five fields; which values they may have is for the cluster to say. */
const schedule = () =>
  checked(
    z.string(),
    (text) =>
      /^@(?:yearly|monthly|weekly|daily|hourly)$/.test(text) ||
      /^(?:[\d*/,-]+|\?)(?: [\dA-Za-z*/,?-]+){4}$/.test(text),
    (text) => `"${text}" is no cron schedule`,
    'write five fields, such as "*/15 * * * *", in quotes',
  );

/** A DN, or what an attribute says: nearly any text. */
const groupUid = () =>
  checked(
    z.string(),
    (text) => text.trim() !== "" && !/[\r\n\0]/.test(text),
    () => "the name of the group is empty, or more than one line",
    "write the DN of the group, or the value of groups.uidAttribute",
  );

/** A group of OpenShift: it stands in URLs and in role bindings. */
const groupName = () =>
  checked(
    z.string(),
    (text) => /^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/.test(text),
    (text) => `"${text}" is no name for a group`,
    "use letters, digits, dots, hyphens and underscores; at most 63",
  );

/** ClusterRoles have names with colons in them. */
const roleName = () =>
  checked(
    z.string(),
    (text) => /^[A-Za-z0-9][A-Za-z0-9:._-]{0,62}$/.test(text),
    (text) => `"${text}" is no ClusterRole`,
    "write its name, such as view, edit, admin or cluster-admin",
  );

const scope = z.enum(["sub", "one", "base"]).default("sub").describe("How deep below the base is searched.");

const mapping = z.strictObject({
  ldap: groupUid().describe("The group in the directory, by groups.uidAttribute: most often its DN."),
  group: groupName().describe("The group in the cluster."),
  roles: z.array(roleName()).default([]).describe("ClusterRoles that the group is given, in all projects."),
});

export const ldap = z
  .strictObject({
    url: ldapUrl().describe(
      "ldaps://host[:port], or ldap://host[:port], which speaks StartTLS. Never without TLS.",
    ),
    bindDn: dn().optional().describe("Who asks; an account that may only read. Absent: anonymous."),
    bindPassword: vaulted().optional().describe("Its password, as a !vault value."),
    bindPasswordFile: userFile()
      .optional()
      .describe("File with its password: mode 0600, or encrypted with ansible-vault."),
    caFile: userFile()
      .optional()
      .describe("Certificates of the authority that signed the server's. Default: those that hosts trust."),
    schema: z
      .enum(["rfc2307", "activeDirectory", "augmentedActiveDirectory"])
      .default("rfc2307")
      .describe(
        "rfc2307: groups list their members. activeDirectory: users list their groups. augmentedActiveDirectory: users list their groups, and groups are entries too.",
      ),
    users: z
      .strictObject({
        base: dn().describe("Where users are."),
        scope,
        filter: filter()
          .optional()
          .describe("Which entries there are users. Not with rfc2307 and uidAttribute dn."),
        uidAttribute: attribute()
          .default("dn")
          .describe("What members of a group are named by; rfc2307 only."),
        nameAttributes: z
          .array(attribute())
          .min(1)
          .default(["uid"])
          .describe("The user's name in the cluster: the first of these that an entry has."),
        groupAttributes: z
          .array(attribute())
          .min(1)
          .default(["memberOf"])
          .describe("The user's groups; both Active Directory schemas."),
      })
      .describe("The users."),
    groups: z
      .strictObject({
        base: dn().describe("Where groups are."),
        scope,
        filter: filter().optional().describe("Which entries there are groups. Not with uidAttribute dn."),
        uidAttribute: attribute().default("dn").describe("What mapping names groups by."),
        nameAttributes: z.array(attribute()).min(1).default(["cn"]).describe("Name of a group, for people."),
        memberAttributes: z
          .array(attribute())
          .min(1)
          .default(["member"])
          .describe("The group's members; rfc2307."),
      })
      .optional()
      .describe("The groups; not with activeDirectory."),
    mapping: z.array(mapping).min(1).describe("Which groups are brought, and what they may do."),
    schedule: schedule().default("*/15 * * * *").describe("When groups are brought, in cron's form."),
    pruneSchedule: schedule()
      .default("30 3 * * *")
      .describe("When groups are removed whose entry in the directory is gone."),
    tolerateMissingMembers: z
      .boolean()
      .default(true)
      .describe("Leave members out that are not found; false: such a group is not brought at all. rfc2307."),
    confirm: z
      .boolean()
      .default(false)
      .describe("false: a dry run, the jobs only log what they would do. true: groups change."),
    namespace: dnsName().default("kube-magic-ldap").describe("Project that the jobs run in."),
    image: word().optional().describe("Image with oc. Default: the cluster's own."),
  })
  .check(({ value, issues }) => {
    const { bindDn, bindPassword, bindPasswordFile } = value;
    const passwords = [bindPassword, bindPasswordFile].filter((one) => one !== undefined).length;
    if (passwords === (bindDn === undefined ? 0 : 1)) return;
    const [message, remedy] =
      bindDn === undefined
        ? ["there is a password, and no account that it belongs to", "add bindDn, or remove the password"]
        : passwords === 0
          ? ["the account bindDn has no password", "add bindPasswordFile, or bindPassword as a !vault value"]
          : ["the password is given twice", "keep one of bindPassword and bindPasswordFile"];
    const path = [
      passwords === 0 ? "bindDn" : bindPassword === undefined ? "bindPasswordFile" : "bindPassword",
    ];
    issues.push({ code: "custom", input: value, path, message, params: { remedy } });
  })
  .describe("Groups of a directory, brought into OpenShift by scheduled jobs. docs/ldap.md");
