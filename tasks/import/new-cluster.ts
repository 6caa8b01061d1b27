/** The folder of an imported cluster: never an existing one, and written as a whole. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { InputError } from "../core/errors.ts";
import type { FileSet } from "../core/file-set.ts";
import { writeAllAtomic } from "../io/files.ts";

/** @throws InputError for a name that a cluster cannot have, and for one that exists */
export function requireFree(inventories: string, name: string): void {
  if (!/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/.test(name)) {
    throw new InputError(`inventory:import: "${name}" cannot be the name of a cluster`, {
      remedy: "use lower-case letters, digits and hyphens: --name NAME",
    });
  }
  if (!existsSync(join(inventories, name))) return;
  throw new InputError(`inventories/${name} exists already and is never overwritten`, {
    remedy: "choose another name with --name NAME, or move that folder away",
  });
}

/** All files or none. */
export function writeCluster(inventories: string, name: string, files: FileSet): void {
  const all = [...files].map(([path, { content, mode = 0o644 }]) => ({
    path: join(inventories, name, path),
    content,
    mode,
  }));
  writeAllAtomic(all, join(inventories, `.import-${process.pid}`));
}
