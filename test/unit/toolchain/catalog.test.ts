import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ValueMap } from "../../../tasks/core/value.ts";
import { buildCatalog, type Catalog } from "../../../tasks/toolchain/catalog/build.ts";
import { variableFindings } from "../../../tasks/toolchain/catalog/check.ts";
import { loadCatalogs } from "../../../tasks/toolchain/catalog/load.ts";
import { aCluster } from "../../helpers/model.ts";

const FILES: Readonly<Record<string, string>> = {
  "roles/etcd/defaults/main.yml": `---
# How much the database may hold.
# In bytes.
etcd_quota_bytes: 2147483648
etcd_name: "it"
etcd_templated: "{{ other }}"
etcd_empty: ""
etcd_enabled: true
etcd_members: [a, b]
etcd_options:
  a: 1
`,
  "roles/nested/deep/defaults/main/extra.yml": "deep_one: 5\n",
  "roles/a/meta/argument_specs.yml":
    "argument_specs: { main: { options: { spec_one: { type: int, description: [A number, of things], default: 3 } } } }\n",
  "roles/a/tasks/main.yml": "- debug: msg={{ used_without_default | default('x') }}\n",
  "docs/old.md": "forgotten_variable\n",
  "docs/old.yml": "forgotten_too: 1\n",
};

let vendor: string;
let catalog: Catalog;
beforeAll(() => {
  vendor = mkdtempSync(join(tmpdir(), "kube-magic-catalog-"));
  for (const [path, text] of Object.entries(FILES)) {
    mkdirSync(dirname(join(vendor, "kubespray", path)), { recursive: true });
    writeFileSync(join(vendor, "kubespray", path), text);
  }
  catalog = buildCatalog("kubespray", "v2.31.0", join(vendor, "kubespray"));
});
afterAll(() => rmSync(vendor, { recursive: true }));

const findings = (variables: ValueMap, hosts: Record<string, ValueMap> = {}) =>
  variableFindings(
    aCluster({ tools: { kubespray: { groups: { all: variables }, hosts } } }),
    new Map([["kubespray", catalog]]),
  );

describe("the catalog of a tree", () => {
  test("has each default with its type, place and comment", () => {
    expect(catalog.variables.find(({ name }) => name === "etcd_quota_bytes")).toEqual({
      name: "etcd_quota_bytes",
      file: "roles/etcd/defaults/main.yml",
      line: 4,
      default: "2147483648",
      type: "int",
      about: "How much the database may hold. In bytes.",
    });
    expect(Object.fromEntries(catalog.variables.map(({ name, type }) => [name, type]))).toEqual({
      deep_one: "int",
      etcd_empty: undefined,
      etcd_enabled: "bool",
      etcd_members: "list",
      etcd_name: "str",
      etcd_options: "dict",
      etcd_quota_bytes: "int",
      etcd_templated: undefined,
      spec_one: "int",
    });
    expect(catalog.variables.find(({ name }) => name === "spec_one")?.about).toBe("A number of things");
  });

  test("knows names that are only used, and forgets those that only documentation has", () => {
    expect(catalog.names.has("used_without_default")).toBe(true);
    expect(catalog.names.has("forgotten_variable") || catalog.names.has("forgotten_too")).toBe(false);
  });

  test("is kept by the content of the tree, and made anew when the file is torn", () => {
    writeFileSync(
      join(vendor, "vendor.yml"),
      `version: 1\nsources: { kubespray: { url: "https://x/y/z", folder: kubespray, default: v2.31.0, versions: { v2.31.0: { ref: tag, commit: "${"1".repeat(40)}" } } } }\n`,
    );
    const lock = (digit: string) =>
      writeFileSync(
        join(vendor, "vendor.lock.yml"),
        `version: 1\nsources: { kubespray: { version: v2.31.0, commit: "${"1".repeat(40)}", tree: "${digit.repeat(40)}", patchSet: "${"0".repeat(12)}" } }\n`,
      );
    lock("a");
    const first = loadCatalogs(vendor).get("kubespray");
    expect(first).toEqual(catalog);
    expect(loadCatalogs(vendor).get("kubespray")).toEqual(catalog);
    lock("b");
    loadCatalogs(vendor);
    const [file, ...more] = readdirSync(join(vendor, ".cache"));
    expect(more).toEqual([]);
    writeFileSync(join(vendor, ".cache", file!), '{"format": 1, "va');
    expect(loadCatalogs(vendor).get("kubespray")).toEqual(catalog);
  });
});

describe("pass-through variables", () => {
  test.each<readonly [name: string, variables: ValueMap]>([
    ["one with a default", { etcd_quota_bytes: 5 }],
    ["a number as text", { etcd_quota_bytes: "5" }],
    ["one that the code only uses", { used_without_default: [1] }],
    ["Ansible's own", { ansible_become: true }],
    [
      "one of the site's own, that another value uses",
      { my_registry: "r", etcd_name: "{{ my_registry }}/x" },
    ],
    ["a template for a list", { etcd_members: "{{ x }}" }],
    ["null, to unset", { etcd_options: null }],
    ["anything where the default does not say", { etcd_empty: [1], etcd_templated: { a: 1 } }],
  ])("%s: fine", (_, variables) => {
    expect(findings(variables)).toEqual([]);
  });

  test.each<readonly [name: string, variables: ValueMap, code: string, message: string, remedy: string]>([
    [
      "misspelt",
      { etcd_quota_byte: 5 },
      "KM301",
      "did you mean etcd_quota_bytes?",
      "write etcd_quota_bytes (default 2147483648, in roles/etcd/defaults/main.yml:4)",
    ],
    [
      "unknown",
      { completely_else: 5 },
      "KM301",
      "has no variable completely_else",
      "npm run vars -- kubespray completely_else",
    ],
    [
      "removed",
      { containerd_insecure_registries: 5 },
      "KM302",
      "no longer reads",
      "containerd_registries_mirrors",
    ],
    [
      "text for a list",
      { etcd_members: "a" },
      "KM303",
      'is a list in kubespray v2.31.0, not the text "a"',
      "write a list",
    ],
    ["a list for a map", { etcd_options: [1] }, "KM303", "is a map", "write a map"],
    ["a word for a boolean", { etcd_enabled: "yes" }, "KM303", 'not the text "yes"', "write true or false"],
    ["a map for text", { etcd_name: { a: 1 } }, "KM303", "is text", "write text"],
    [
      "a word for a number",
      { etcd_quota_bytes: "8Gi" },
      "KM303",
      "is a whole number",
      "write a whole number",
    ],
  ])("%s", (_, variables, code, message, remedy) => {
    const [finding, ...more] = findings(variables);
    expect(more).toEqual([]);
    expect(finding).toMatchObject({
      code,
      message: expect.stringContaining(message),
      remedy: expect.stringContaining(remedy),
    });
  });

  test("are found at hosts too, and say where", () => {
    expect(findings({}, { master1: { etcd_nam: 1 } })[0]?.path).toEqual([
      "tools",
      "kubespray",
      "hosts",
      "master1",
      "etcd_nam",
    ]);
  });
});
