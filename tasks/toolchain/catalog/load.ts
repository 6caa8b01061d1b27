/** The catalogs of the installed tools, cached in vendor/.cache by the hash of their trees. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { TOOLS, type ToolName } from "../../core/model.ts";
import { type LockedSource, readLock } from "../pins/lock-file.ts";
import { readPins } from "../pins/pins.ts";
import { buildCatalog, type Catalog, type Variable } from "./build.ts";

/** Raise it when the catalog is built in another way. */
const FORMAT = 1;

interface Stored {
  readonly format: number;
  readonly version: string;
  readonly variables: readonly Variable[];
  readonly names: string;
}

/** Tool → catalog, for those of the wanted tools that are installed. */
export function loadCatalogs(
  vendorFolder: string,
  wanted: readonly ToolName[] = TOOLS,
): ReadonlyMap<ToolName, Catalog> {
  const lock = readLock(vendorFolder);
  if (lock.size === 0) return new Map();
  const { sources } = readPins(vendorFolder);
  return new Map(
    wanted.flatMap((tool): (readonly [ToolName, Catalog])[] => {
      const locked = lock.get(tool);
      const folder = [...(sources.get(tool)?.versions.values() ?? [])][0]?.folder;
      if (locked === undefined || folder === undefined) return [];
      const tree = join(vendorFolder, folder);
      return existsSync(tree) ? [[tool, loadCatalog(vendorFolder, tool, tree, locked)]] : [];
    }),
  );
}

function loadCatalog(vendorFolder: string, tool: ToolName, tree: string, locked: LockedSource): Catalog {
  const folder = join(vendorFolder, ".cache");
  const file = join(folder, `variables-${tool}-${locked.tree}.json`);
  const stored = readStored(file);
  if (stored !== undefined) {
    const { version, variables, names } = stored;
    return { tool, version, variables, names: new Set(names.split(" ")) };
  }
  const catalog = buildCatalog(tool, locked.version, tree);
  keep(folder, file, tool, { ...catalog, format: FORMAT, names: [...catalog.names].join(" ") });
  return catalog;
}

function readStored(file: string): Stored | undefined {
  try {
    const stored = JSON.parse(readFileSync(file, "utf8")) as Stored;
    return stored.format === FORMAT ? stored : undefined;
  } catch {
    return undefined; // Missing or damaged: the catalog is built again.
  }
}

/** A cache that cannot be written (a read-only checkout, a full disk) only costs time. */
function keep(folder: string, file: string, tool: string, stored: Stored): void {
  try {
    mkdirSync(folder, { recursive: true });
    for (const name of readdirSync(folder))
      if (name.startsWith(`variables-${tool}-`)) rmSync(join(folder, name));
    writeFileSync(file, JSON.stringify(stored));
  } catch {
    rmSync(file, { force: true });
  }
}
