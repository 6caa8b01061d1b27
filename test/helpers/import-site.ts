/** A repository of its own in a temporary folder, with foreign inventories beside it. */
import { cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { ansibleForTests, ROOT } from "./environment.ts";
import { type CommandRun, runCommand } from "./run-command.ts";
import { temporaryFolder } from "./temporary-folder.ts";

export interface ImportSite {
  readonly root: string;
  /** Folder of the foreign inventories. */
  readonly source: string;
  run(...argv: readonly string[]): Promise<CommandRun>;
  /** Text of a file of the imported cluster. */
  text(path: string): string;
  clusters(): readonly string[];
}

/** @param files of the foreign inventories, relative to `source`. */
export async function anImportSite(files: Readonly<Record<string, string>>): Promise<ImportSite> {
  await ansibleForTests();
  const root = temporaryFolder();
  const source = join(root, "old");
  for (const folder of ["inventories", "vendor", "old"]) mkdirSync(join(root, folder));
  cpSync(join(ROOT, "inventories", "_defaults"), join(root, "inventories", "_defaults"), { recursive: true });
  for (const name of ["requirements", ".environments", "vendor.yml"])
    symlinkSync(join(ROOT, "vendor", name), join(root, "vendor", name));
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(source, path)), { recursive: true });
    writeFileSync(join(source, path), content);
  }
  return {
    root,
    source,
    run: (...argv) => runCommand(root, "inventory:import", ...argv),
    text: (path) => readFileSync(join(root, "inventories", path), "utf8"),
    clusters: () => readdirSync(join(root, "inventories")).filter((name) => name !== "_defaults"),
  };
}
