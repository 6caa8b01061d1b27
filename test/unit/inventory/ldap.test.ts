import { describe, expect, test } from "vitest";
import { loadFiles, MINIMAL } from "../../helpers/inventory-folder.ts";

const LDAP = `
ldap:
  url: ldaps://ldap.example.com
  bindDn: cn=reader,dc=example,dc=com
  bindPasswordFile: secrets/ldap
  users: { base: "ou=people,dc=example,dc=com" }
  groups: { base: "ou=groups,dc=example,dc=com" }
  confirm: true
  mapping:
    - { ldap: "cn=admins,ou=groups,dc=example,dc=com", group: admins, roles: [cluster-admin] }
`;
const OPENSHIFT = `${MINIMAL}orchestrator: openshift\n`;

const load = (ldap: string, cluster = OPENSHIFT) => loadFiles({ "cluster.yml": cluster, "ldap.yml": ldap });
const codes = async (ldap: string, cluster?: string) =>
  (await load(ldap, cluster)).problems.filter(({ path }) => path?.startsWith("ldap")).map(({ code }) => code);

describe("section ldap", () => {
  test("becomes a part of the model, with its files found beside it", async () => {
    const { model, problems } = await load(LDAP);
    expect(problems.filter(({ severity }) => severity === "error")).toEqual([]);
    expect(model?.ldap).toMatchObject({
      schema: "rfc2307",
      bind: { dn: "cn=reader,dc=example,dc=com", password: { kind: "file" } },
      schedule: "*/15 * * * *",
      users: { uidAttribute: "dn", nameAttributes: ["uid"] },
    });
    const password = model?.ldap?.bind?.password;
    expect(password?.kind === "file" && password.path).toMatch(/\/prod\/secrets\/ldap$/);
  });

  test("takes a password that is encrypted in place, and none in clear text", async () => {
    const vaulted = LDAP.replace(
      "bindPasswordFile: secrets/ldap",
      "bindPassword: !vault |\n    $ANSIBLE_VAULT;1.1;AES256\n    6162",
    );
    const { model } = await load(vaulted);
    expect(model?.ldap?.bind?.password).toMatchObject({ kind: "vaulted" });
    const { problems } = await load(LDAP.replace("bindPasswordFile: secrets/ldap", "bindPassword: hunter2"));
    const [problem] = problems.filter(({ path }) => path === "ldap.bindPassword");
    expect(problem?.message).toContain("clear text");
    expect(JSON.stringify(problem)).not.toContain("hunter2");
  });

  test.each([
    ["KM103", "url: ldap.example.com"],
    ["KM103", "url: https://ldap.example.com"],
    ["KM103", "url: ldaps://ldap.example.com/ou=x"],
    ["KM103", "bindDn: reader"],
    ["KM103", 'schedule: "every day"'],
    ["KM103", 'users: { base: "dc=c", filter: "(a=b" }'],
    ["KM552", 'groups: { base: "ou=groups,dc=example,dc=com", filter: "(cn=a)" }'],
    ["KM552", 'users: { base: "dc=c", filter: "(a=b)" }'],
    ["KM553", "schema: activeDirectory"],
    ["KM553", "groups: null"],
    ["KM555", 'groups: { base: "ou=others,dc=example,dc=com" }'],
    ["KM551", "confirm: false"],
  ])("%s: %s", async (code, line) => {
    const key = line.split(":")[0];
    expect(await codes(`${LDAP.replace(new RegExp(`^  ${key}:.*\n`, "m"), "")}  ${line}\n`)).toEqual([code]);
  });

  test.each([
    ["without a password", "  bindPasswordFile: secrets/ldap\n", "", "has no password"],
    ["without an account", "  bindDn: cn=reader,dc=example,dc=com\n", "", "no account"],
  ])("%s is told", async (_, line, other, message) => {
    const { problems } = await load(LDAP.replace(line, other));
    expect(problems.map((one) => one.message).join("\n")).toContain(message);
  });

  test("a group that is mapped twice is told, in either direction", async () => {
    const more = (ldap: string, group: string) =>
      codes(`${LDAP}    - { ldap: "${ldap},ou=groups,dc=example,dc=com", group: ${group} }\n`);
    expect(await more("CN=Admins", "others")).toEqual(["KM554"]);
    expect(await more("cn=others", "admins")).toEqual(["KM554"]);
    expect(await more("cn=others", "others")).toEqual([]);
  });

  test("has no effect on Kubernetes, and says so", async () => {
    expect(await codes(LDAP, MINIMAL)).toEqual(["KM550"]);
  });
});

describe("storage classes", () => {
  const withCeph = `${MINIMAL}  ceph1: { ip: 10.0.0.30, roles: [ceph-mon, ceph-mgr, ceph-osd], devices: [/dev/vdb] }\n`;
  const storage = async (text: string) =>
    loadFiles({ "cluster.yml": withCeph, "storage.yml": `storage: { ceph: { ${text} } }` });

  test("are one for each rbd pool when none is written, the first the default", async () => {
    const { model } = await storage(
      "pools: [{ name: Fast_ssd }, { name: files, application: cephfs }, { name: slow.hdd }]",
    );
    expect(model?.ceph?.storageClasses.map(({ name, pool, isDefault }) => [name, pool, isDefault])).toEqual([
      ["ceph-rbd", "Fast_ssd", true],
      ["ceph-rbd-slow-hdd", "slow.hdd", false],
    ]);
  });

  test.each([
    ["KM557", "storageClasses: [{ name: a, pool: other }]"],
    ["KM557", "pools: [{ name: p, application: rgw }], storageClasses: [{ name: a, pool: p }]"],
    ["KM558", "storageClasses: [{ name: a, pool: kubernetes }, { name: a, pool: kubernetes }]"],
    [
      "KM558",
      "storageClasses: [{ name: a, pool: kubernetes, default: true }, { name: b, pool: kubernetes, default: true }]",
    ],
  ])("%s: %s", async (code, text) => {
    const { problems } = await storage(text);
    expect(problems.filter(({ severity }) => severity === "error").map((one) => one.code)).toEqual([code]);
  });
});
