/** Finds the inventories in the folders that the user named, and the tool of each. */
import { existsSync, readdirSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { InputError } from "../../core/errors.ts";
import type { ToolName } from "../../core/model.ts";

/** Values of --from. */
export const ORIGINS = ["kubespray", "ceph-ansible", "openshift-ansible", "kube-magic"] as const;
/** A value of --from. */
export type OriginName = (typeof ORIGINS)[number];

/** One tool's inventory: what its -i options name. */
export interface SourceFiles {
  readonly tool: ToolName;
  /** Inventory files or folders, absolute; later ones win. */
  readonly inventories: readonly string[];
}

const NAMES = [
  "hosts.yml",
  "hosts.yaml",
  "hosts.ini",
  "hosts",
  "inventory.yml",
  "inventory.yaml",
  "inventory.ini",
  "inventory.cfg",
  "inventory",
];

/** The inventories of the named folders. @throws InputError for a folder without an inventory. */
export function findSources(from: OriginName, places: readonly string[]): readonly SourceFiles[] {
  if (from !== "kube-magic") return [{ tool: from, inventories: places.flatMap(inventoriesIn) }];
  const found = places.flatMap(layoutIn);
  if (found.length === 0) {
    throw new InputError(`there is no inventory of kube-magic in ${places.join(", ")}`, {
      remedy: `name a folder that holds any of ${LAYOUT.map(({ shown }) => shown).join(", ")}`,
    });
  }
  const tools = [...new Set(found.map(({ tool }) => tool))];
  return tools.map((tool) => ({
    tool,
    inventories: found.filter((one) => one.tool === tool).flatMap(({ inventories }) => inventories),
  }));
}

/** Folders of kube-magic's predecessor. Our own build/<cluster> is the same, but has no folder inventory/<name>. */
const LAYOUT: readonly { readonly tool: ToolName; readonly folder: string; readonly shown: string }[] = [
  { tool: "kubespray", folder: "kubespray", shown: "kubespray/inventory/<name>/hosts.yml" },
  { tool: "openshift-ansible", folder: "openshift-ansible", shown: "openshift-ansible/hosts" },
  { tool: "ceph-ansible", folder: "ceph-ansible", shown: "ceph-ansible/hosts" },
  { tool: "custom", folder: "custom", shown: "custom/hosts" },
];

function layoutIn(root: string): readonly SourceFiles[] {
  requireExisting(root);
  return LAYOUT.flatMap(({ tool, folder }): readonly SourceFiles[] => {
    const place = join(root, folder);
    const inner = tool === "kubespray" ? kubesprayFolder(place) : place;
    const inventories = filesIn(inner);
    return inventories.length === 0 ? [] : [{ tool, inventories }];
  });
}

/** kubespray/inventory/<name>, without the samples of upstream's tree. */
function kubesprayFolder(place: string): string {
  const parent = join(place, "inventory");
  if (!isFolder(parent)) return place;
  const named = readdirSync(parent).filter(
    (name) => !["sample", "local"].includes(name) && filesIn(join(parent, name)).length > 0,
  );
  if (named.length > 1) {
    throw new InputError(`${parent} holds ${named.length} clusters: ${named.join(", ")}`, {
      remedy: `import one of them: npm run inventory:import -- --from kubespray ${join(parent, named[0] ?? "NAME")}`,
    });
  }
  return named[0] === undefined ? place : join(parent, named[0]);
}

function inventoriesIn(place: string): readonly string[] {
  requireExisting(place);
  if (!isFolder(place)) return [place];
  const files = filesIn(place);
  if (files.length > 0) return files;
  throw new InputError(`there is no inventory in ${place}`, {
    remedy: `name the file itself; in a folder, only these names are found: ${NAMES.join(", ")}`,
  });
}

function filesIn(folder: string): readonly string[] {
  return NAMES.map((name) => join(folder, name)).filter((path) => existsSync(path) && !isFolder(path));
}

function requireExisting(place: string): void {
  if (existsSync(place)) return;
  throw new InputError(`${place} does not exist`, { remedy: "name the folder that holds the inventory" });
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

const GENERIC = new Set([
  "inventory",
  "inventories",
  "hosts",
  "kubespray",
  "ceph-ansible",
  "openshift-ansible",
  "sample",
]);

/** A name for the cluster, from the nearest folder above a place that has a telling name. */
export function nameFromPlaces(places: readonly string[]): string | undefined {
  for (const place of places) {
    for (
      let folder = isFolder(place) ? place : dirname(place);
      dirname(folder) !== folder;
      folder = dirname(folder)
    ) {
      const name = basename(folder)
        .toLowerCase()
        .replace(/[^a-z0-9-]+/g, "-")
        .replace(/^-+|-+$/g, "");
      if (name !== "" && !GENERIC.has(basename(folder))) return name;
    }
  }
  return undefined;
}
