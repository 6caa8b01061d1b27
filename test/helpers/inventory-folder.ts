/** Inventories on disk for tests. */
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { onTestFinished } from "vitest";
import { type LoadedInventory, loadInventory } from "../../tasks/inventory/load.ts";

export const REPOSITORY = join(import.meta.dirname, "../..");

/** A temporary root with the given files below `inventories/`, removed after the test. */
export function makeRoot(files: Readonly<Record<string, string | Uint8Array>>): string {
  const root = mkdtempSync(join(tmpdir(), "kube-magic-inventory-"));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  mkdirSync(join(root, "inventories"));
  for (const [name, content] of Object.entries(files)) {
    const path = join(root, "inventories", name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
  }
  return root;
}

/** Copies the repository's own defaults and examples into a temporary root. */
export function copyExamples(root: string): void {
  for (const name of ["_defaults", "example", "example-openshift"]) {
    cpSync(join(REPOSITORY, "inventories", name), join(root, "inventories", name), { recursive: true });
  }
}

/** Loads the cluster `prod`, written as files relative to its folder; `../_defaults/x.yml` is possible. */
export async function loadFiles(
  files: Readonly<Record<string, string | Uint8Array>>,
  sets: readonly string[] = [],
): Promise<LoadedInventory> {
  const placed = Object.fromEntries(
    Object.entries(files).map(([name, content]) => [join("prod", name), content] as const),
  );
  const root = makeRoot(placed);
  return loadInventory({ inventoriesDir: join(root, "inventories"), cluster: "prod", sets });
}

/** A small, valid cluster. */
export const MINIMAL = `
domain: example.com
network: { machines: 10.0.0.0/24 }
hosts:
  master1: { ip: 10.0.0.10, roles: [control-plane, etcd] }
  worker1: { ip: 10.0.0.20, roles: [worker] }
`;

/** `KM101 prod/cluster.yml:3:5`: what identifies a problem, without its words. */
export function placesOf(loaded: Pick<LoadedInventory, "problems">): string[] {
  return loaded.problems.map(({ code, origin }) =>
    origin === undefined
      ? code
      : `${code} ${origin.file.replace(/^inventories\//, "")}:${origin.line}:${origin.column}`,
  );
}
