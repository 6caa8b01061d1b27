import { describe, expect, test } from "vitest";
import type { ClusterModel, Ldap } from "../../../tasks/core/model.ts";
import { isMap, type Value } from "../../../tasks/core/value.ts";
import { readYaml, SourceText, toValue } from "../../../tasks/io/yaml.ts";
import { manifestFiles } from "../../../tasks/manifests/files.ts";
import { checkObject } from "../../../tasks/manifests/objects.ts";
import { syncConfigSchema } from "../../../tasks/manifests/sync-config.ts";
import { aLdap, CEPH_ACCESS } from "../../helpers/manifests.ts";
import { aCluster } from "../../helpers/model.ts";

type Loose = Record<string, Value>;

const objects = (text: string): Loose[] =>
  text
    .split(/^---$/m)
    .slice(1)
    .map((part) => {
      const { root, problems } = readYaml(new SourceText("manifest", part));
      if (root === undefined || problems.length > 0) throw new Error(JSON.stringify(problems));
      return toValue(root) as Loose;
    });
const nameOf = (object: Loose): Value => (isMap(object.metadata) ? (object.metadata.name ?? null) : null);
const summary = (text: string | undefined) => objects(text ?? "").map((one) => `${one.kind} ${nameOf(one)}`);

describe("storage classes", () => {
  test("of Kubernetes are ceph-csi's: namespace, monitors, class, and the key in a file of its own", () => {
    const files = manifestFiles(aCluster(), { ceph: CEPH_ACCESS });
    expect([...files.keys()]).toEqual(["10-ceph.yml", "11-ceph-secret.yml"]);
    expect(summary(files.get("10-ceph.yml")?.content)).toEqual([
      "Namespace ceph-csi",
      "ConfigMap ceph-csi-config",
      "StorageClass ceph-rbd",
    ]);
    const [, , storageClass] = objects(files.get("10-ceph.yml")?.content ?? "");
    expect(storageClass).toMatchObject({
      provisioner: "rbd.csi.ceph.com",
      reclaimPolicy: "Delete",
      parameters: { clusterID: CEPH_ACCESS.fsid, pool: "kubernetes" },
      metadata: { annotations: { "storageclass.kubernetes.io/is-default-class": "true" } },
    });
  });

  test("of OpenShift 3.11 use its built-in provisioner, with the limited user", () => {
    const files = manifestFiles(aCluster({ orchestrator: "openshift" }), { ceph: CEPH_ACCESS });
    const [storageClass] = objects(files.get("10-ceph.yml")?.content ?? "");
    expect(storageClass).toMatchObject({
      provisioner: "kubernetes.io/rbd",
      parameters: { monitors: "10.0.0.1:6789,10.0.0.2:6789", adminId: "kubernetes", userId: "kubernetes" },
    });
    const [secret] = objects(files.get("11-ceph-secret.yml")?.content ?? "");
    expect(secret).toMatchObject({ type: "kubernetes.io/rbd", metadata: { namespace: "kube-system" } });
  });

  test("name no pool that was not handed over", () => {
    const files = manifestFiles(aCluster(), { ceph: { ...CEPH_ACCESS, pools: ["other"] } });
    expect(summary(files.get("10-ceph.yml")?.content)).not.toContain("StorageClass ceph-rbd");
  });

  test("show the key in the secret's file only, which is for its owner only", () => {
    const files = manifestFiles(aCluster(), { ceph: CEPH_ACCESS });
    const hidden = [CEPH_ACCESS.key, Buffer.from(CEPH_ACCESS.key).toString("base64")];
    for (const [name, { content, mode }] of files) {
      const isShown = hidden.some((text) => content.includes(text));
      expect(isShown, name).toBe(name === "11-ceph-secret.yml");
      expect(mode).toBe(isShown ? 0o600 : 0o644);
    }
  });
});

const openshift = (ldap: Ldap, more: Partial<ClusterModel> = {}) =>
  aCluster({ orchestrator: "openshift", ldap, ...more });
const ldapFile = (ldap: Ldap, more?: Partial<ClusterModel>) =>
  manifestFiles(openshift(ldap, more), { ldap: { password: "s3cret", authority: "CA\n" } });

describe("groups of a directory", () => {
  test("are brought by two jobs, each with an account that may do its part only", () => {
    const files = ldapFile(aLdap());
    expect(summary(files.get("20-ldap.yml")?.content)).toEqual([
      "Namespace kube-magic-ldap",
      "ConfigMap ldap-sync",
      "ServiceAccount ldap-group-sync",
      "ClusterRole kube-magic:ldap-group-sync",
      "ClusterRoleBinding kube-magic:ldap-group-sync",
      "CronJob ldap-group-sync",
      "ServiceAccount ldap-group-prune",
      "ClusterRole kube-magic:ldap-group-prune",
      "ClusterRoleBinding kube-magic:ldap-group-prune",
      "CronJob ldap-group-prune",
      "ClusterRoleBinding kube-magic:ldap:admins:cluster-admin",
      "ClusterRoleBinding kube-magic:ldap:admins:view",
    ]);
    const verbs = objects(files.get("20-ldap.yml")?.content ?? "")
      .filter(({ kind }) => kind === "ClusterRole")
      .map(({ rules }) => JSON.stringify(rules));
    expect(verbs).toEqual([
      '[{"apiGroups":["user.openshift.io"],"resources":["groups"],"verbs":["get","list","create","update"]}]',
      '[{"apiGroups":["user.openshift.io"],"resources":["groups"],"verbs":["get","list","delete"]}]',
    ]);
  });

  const commandsOf = (text = "") => [...text.matchAll(/^ +- "--confirm"$/gm)].length;
  test("change nothing until the inventory confirms it", () => {
    expect(commandsOf(ldapFile(aLdap({ confirm: false })).get("20-ldap.yml")?.content)).toBe(0);
    expect(commandsOf(ldapFile(aLdap({ confirm: true })).get("20-ldap.yml")?.content)).toBe(2);
  });

  test("are brought by jobs of the form and image that the version knows", () => {
    const jobs = (version: string) =>
      objects(ldapFile(aLdap(), { versions: { openshift: version } }).get("20-ldap.yml")?.content ?? "")
        .filter(({ kind }) => kind === "CronJob")
        .map(({ apiVersion }) => apiVersion);
    expect(jobs("3.11")).toEqual(["batch/v1beta1", "batch/v1beta1"]);
    expect(jobs("4.18")).toEqual(["batch/v1", "batch/v1"]);
  });

  test("show the password in the secret's file only", () => {
    for (const [name, { content, mode }] of ldapFile(aLdap())) {
      const isShown =
        content.includes(Buffer.from("s3cret").toString("base64")) || content.includes("s3cret");
      expect(isShown, name).toBe(name === "21-ldap-secret.yml");
      expect(mode).toBe(isShown ? 0o600 : 0o644);
    }
  });

  test("anonymously need no secret", () => {
    const { bind: _, caFile: __, ...anonymous } = aLdap();
    const files = manifestFiles(openshift(anonymous), { ldap: {} });
    expect([...files.keys()]).toEqual(["20-ldap.yml"]);
    expect(files.get("20-ldap.yml")?.content).not.toMatch(/bindDN|secretName|ca\.crt/);
  });

  const configOf = (ldap: Ldap) => {
    const [, configMap] = objects(ldapFile(ldap).get("20-ldap.yml")?.content ?? "");
    const data = configMap?.data as Record<string, string>;
    const { root } = readYaml(new SourceText("sync.yaml", data["sync.yaml"] ?? ""));
    return { config: toValue(root as never) as Loose, groups: data["groups.txt"] };
  };

  test.each(["rfc2307", "activeDirectory", "augmentedActiveDirectory"] as const)(
    "have a configuration of oc's own form: %s",
    (schema) => {
      const { groups, ...rest } = aLdap({ schema });
      const { config } = configOf(
        schema === "activeDirectory" ? rest : { ...rest, ...(groups && { groups }) },
      );
      expect(() => syncConfigSchema.parse(config)).not.toThrow();
      expect(Object.keys(config)).toContain(schema);
    },
  );

  test("keep hostile names to the letter, and come by name only", () => {
    const hostile = 'cn=R&D \\"x\\" \\28alt\\29 \\2a: #1 é\\, yes,ou=groups,dc=example,dc=com';
    const { config, groups } = configOf(aLdap({ mapping: [{ ldap: hostile, group: "rnd", roles: [] }] }));
    expect(config.groupUIDNameMapping).toEqual({ [hostile]: "rnd" });
    expect(groups).toBe(`${hostile}\n`);
  });
});

test("a misspelt or impossible field is found before it reaches a cluster, and no value is shown", () => {
  const secret = {
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: "a", namespace: "b", labels: {} },
    type: "Opaque",
  };
  for (const data of [{ key: "not base64!" }, { "a key": "YQ==" }])
    expect(() => checkObject({ ...secret, data } as never)).toThrow(/^Secret a: data/);
  expect(() => checkObject({ ...secret, stringdata: {}, data: {} } as never)).toThrow(/Secret a/);
});
