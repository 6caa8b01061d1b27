import type { Case } from "./case.ts";

const ldap = (more = "", group = "cn=a,ou=g,dc=c", orchestrator = "openshift") => `
orchestrator: ${orchestrator}
ldap:
  url: ldaps://ldap.example.com
  users: { base: dc=c }
  ${more.includes("groups:") ? "" : '"groups": { base: "ou=g,dc=c" }'}
  confirm: ${more.includes("dry") ? "false" : "true"}
  mapping: [{ ldap: "cn=b,ou=g,dc=c", group: b }, { ldap: "${group}", group: a }]
  ${more.replace("dry", "")}
`;
const classes = (text: string) => `storage: { ceph: { storageClasses: [${text}] } }`;

export const INSIDE_CASES: Readonly<Record<string, readonly Case[]>> = {
  KM550: [{ breaks: ldap("", "cn=a,ou=g,dc=c", "kubernetes"), at: "3:1", fine: ldap() }],
  KM551: [{ breaks: ldap("dry"), at: "7:12", fine: ldap() }],
  KM552: [
    {
      breaks: ldap('groups: { base: "ou=g,dc=c", filter: (cn=a) }'),
      fine: ldap('groups: { base: "ou=g,dc=c", filter: (cn=a), uidAttribute: cn }'),
    },
  ],
  KM553: [{ breaks: ldap("schema: activeDirectory"), fine: ldap("schema: augmentedActiveDirectory") }],
  KM554: [{ breaks: ldap("", "CN=B,ou=g,dc=c"), fine: ldap() }],
  KM555: [{ breaks: ldap("", "cn=a,dc=c"), fine: ldap("", "CN=A, OU=G,dc=c") }],
  KM557: [
    {
      breaks: classes("{ name: a, pool: other }"),
      at: "1:54",
      fine: classes("{ name: a, pool: kubernetes }"),
    },
  ],
  KM558: [
    {
      breaks: classes("{ name: a, pool: kubernetes }, { name: a, pool: kubernetes }"),
      fine: classes("{ name: a, pool: kubernetes, default: true }, { name: b, pool: kubernetes }"),
    },
  ],
};
