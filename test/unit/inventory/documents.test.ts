import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { generatedDocuments } from "../../../tasks/inventory/documents/generated-documents.ts";
import { READING_CODES, SCHEMA_CODES } from "../../../tasks/inventory/documents/problem-codes.ts";
import { INVENTORY_RULES } from "../../../tasks/inventory/rules/inventory-rules.ts";
import { TOOL_CODES } from "../../../tasks/toolchain/tool-rules.ts";
import { REPOSITORY } from "../../helpers/inventory-folder.ts";

function* sources(folder: string): Generator<string> {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* sources(path);
    else if (entry.name.endsWith(".ts")) yield path;
  }
}

describe("generated documents", () => {
  it.each([...generatedDocuments(TOOL_CODES)])("%s is up to date (npm run schema)", (name, content) => {
    expect(readFileSync(join(REPOSITORY, name), "utf8")).toBe(content);
  });

  it("document every code that the sources use, once", () => {
    const used = new Set<string>();
    for (const folder of ["tasks/inventory", "tasks/io/yaml", "tasks/io/yaml.ts", "tasks/toolchain"]) {
      const files = folder.endsWith(".ts") ? [join(REPOSITORY, folder)] : sources(join(REPOSITORY, folder));
      for (const file of files) {
        if (file.endsWith("codes.ts")) continue;
        for (const [, code = ""] of readFileSync(file, "utf8").matchAll(/"(KM\d{3})"/g)) used.add(code);
      }
    }
    const documented = [...READING_CODES, ...SCHEMA_CODES, ...INVENTORY_RULES, ...TOOL_CODES].map(
      ({ code }) => code,
    );
    expect(documented).toHaveLength(new Set(documented).size);
    expect(documented.sort()).toEqual([...used].sort());
  });

  it("describe every field of the editors' schema", () => {
    const schema = JSON.parse(readFileSync(join(REPOSITORY, "inventories/cluster.schema.json"), "utf8"));
    const bare: string[] = [];
    const visit = (node: Record<string, unknown>, path: string): void => {
      for (const [name, child] of Object.entries(
        (node.properties ?? {}) as Record<string, Record<string, unknown>>,
      )) {
        if (typeof child.description !== "string") bare.push(`${path}.${name}`);
        visit(child, `${path}.${name}`);
      }
      for (const key of ["additionalProperties", "items"]) {
        if (typeof node[key] === "object") visit(node[key] as Record<string, unknown>, `${path}.*`);
      }
      for (const key of ["anyOf", "oneOf"]) {
        for (const one of (node[key] ?? []) as Record<string, unknown>[]) visit(one, path);
      }
    };
    visit(schema, "");
    expect(bare).toEqual([]);
  });

  it("let a file of an inventory be a part of it: nothing that merges is required", () => {
    const schema = JSON.parse(readFileSync(join(REPOSITORY, "inventories/cluster.schema.json"), "utf8"));
    expect(schema.required).toBeUndefined();
    expect(schema.properties.network.required).toBeUndefined();
    expect(schema.properties.hosts.additionalProperties.required).toBeUndefined();
    expect(schema.properties.storage.properties.ceph.properties.pools.items.required).toEqual(["name"]);
  });

  it("are named by the first line of every inventory file that we ship", () => {
    for (const folder of ["_defaults", "example", "example-openshift"]) {
      for (const name of readdirSync(join(REPOSITORY, "inventories", folder))) {
        const text = readFileSync(join(REPOSITORY, "inventories", folder, name), "utf8");
        expect(text.split("\n")[0], `${folder}/${name}`).toBe(
          "# yaml-language-server: $schema=../cluster.schema.json",
        );
      }
    }
  });
});
