/** The steps of an import: read, draft, fit to the schema, pass through, render, read back, compare. Writes no inventory. */
import { cpSync, existsSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import type { FileSet } from "../core/file-set.ts";
import type { ClusterModel, ToolName } from "../core/model.ts";
import type { Problem } from "../core/problem.ts";
import { isMap, type Value, type ValueMap } from "../core/value.ts";
import { withoutNulls } from "../inventory/layers/drop-nulls.ts";
import { loadInventory } from "../inventory/load.ts";
import { buildModel } from "../inventory/model/build-model.ts";
import type { Rule } from "../inventory/rules/rule-type.ts";
import { clusterSchema } from "../inventory/schema/cluster.ts";
import { writeAllAtomic } from "../io/files.ts";
import { inventoryFiles } from "../render/inventory-files.ts";
import type { InventoryOf } from "../render/tool-inventory.ts";
import { type Draft, draftInventory } from "./draft-inventory.ts";
import { fitToSchema } from "./fit-to-schema.ts";
import { inventoryText } from "./inventory-text.ts";
import { clusterName } from "./map/custom.ts";
import { canPassThrough, type PassThrough, passThroughOf } from "./map/pass-through.ts";
import type { Conflict } from "./map/section-values.ts";
import { compareListings, type Difference } from "./prove/compare.ts";
import type { SourceFiles } from "./read/find-sources.ts";
import type { Listing } from "./read/listing.ts";
import { readInventory, shortPath, withoutEncryptedFiles } from "./read/read-inventory.ts";
import { toolView } from "./read/tool-view.ts";

/** What to import, and with what. */
export interface ImportOptions {
  readonly sources: readonly SourceFiles[];
  /** Name of the cluster; absent: the name in the sources. */
  readonly name?: string;
  /** Name of the cluster when the sources have none. */
  readonly fallbackName: string;
  readonly domain?: string;
  readonly addresses: ReadonlyMap<string, string>;
  /** What a deploy would write for each tool. */
  readonly inventoryOf: InventoryOf;
  /** Folder with ansible-inventory, for each tool. */
  readonly bin: (tool: ToolName) => Promise<string>;
  readonly env: NodeJS.ProcessEnv;
  /** The inventories folder, for _defaults. */
  readonly inventories: string;
  /** A private folder that the caller removes. */
  readonly scratch: string;
  readonly moreRules: readonly Rule[];
  /** First lines of every file. */
  readonly origin: readonly string[];
}

/** An import, ready to be written, with its proof. */
export interface Imported {
  readonly name: string;
  /** Relative to the cluster's folder. */
  readonly files: FileSet;
  readonly model: ClusterModel;
  /** What `validate` reports for the files. */
  readonly problems: readonly Problem[];
  readonly differences: ReadonlyMap<ToolName, readonly Difference[]>;
  readonly conflicts: readonly Conflict[];
  readonly notes: readonly string[];
}

/** @throws InputError when the sources cannot be read, or when a required value is missing in them. */
export async function importInventory(options: ImportOptions): Promise<Imported> {
  const { listings, encrypted } = await readSources(options);
  const name = options.name ?? namedBy(listings) ?? options.fallbackName;
  const { domain, addresses } = options;
  const draft = draftInventory(listings, { name, addresses, ...(domain === undefined ? {} : { domain }) });
  const defaults = (await load(options, "none", new Map())).merged;
  const { sections, model: bare } = fitToSchema(draft, defaults, name);
  const tools: Record<string, PassThrough> = Object.fromEntries(
    draft.views.map((view) => [view.tool, passThroughOf(view, bare, options.inventoryOf)]),
  );
  // A kept variable that another variable of our rendering overrides is written again for its hosts in the second round.
  // Variables of a host are the strongest, so a third round would change nothing.
  for (let round = 0; ; round += 1) {
    const files = inventoryText({ ...sections, tools: tools as ValueMap }, options.origin);
    const loaded = await load(options, name, files);
    const model = modelOf(loaded.merged, name);
    const differences = await prove(options, draft, model, round);
    const again = round > 0 ? [] : [...differences.values()].flat().filter(isRepairable);
    if (again.length === 0) {
      for (const { tool, path } of encrypted) {
        const why =
          "encrypted as a whole, and never written in clear text: encrypt its values one by one, or keep the file";
        differences.set(tool, [
          { tool, verdict: "lost", variable: `(file) ${shortPath(path)}`, hosts: [], why },
          ...(differences.get(tool) ?? []),
        ]);
      }
      const { problems } = loaded;
      return {
        name,
        files,
        model,
        problems,
        differences,
        conflicts: draft.sections.conflicts,
        notes: draft.notes,
      };
    }
    for (const { tool, variable, hosts, before } of again) {
      const own: Record<string, Value> = { ...tools[tool]?.hosts };
      for (const host of hosts) {
        const variables = own[host];
        own[host] = { ...(isMap(variables) ? variables : {}), [variable]: before as Value };
      }
      tools[tool] = { ...tools[tool], hosts: own };
    }
  }
}

function isRepairable({ tool, verdict, variable, before }: Difference): boolean {
  return (
    (verdict === "lost" || verdict === "moved") && before !== undefined && canPassThrough(tool, variable)
  );
}

async function readSources(options: ImportOptions) {
  const listings = new Map<ToolName, Listing>();
  const encrypted: { readonly tool: ToolName; readonly path: string }[] = [];
  for (const { tool, inventories } of options.sources) {
    const scratch = join(options.scratch, "sources", tool);
    mkdirSync(scratch, { recursive: true });
    const readable = withoutEncryptedFiles(inventories, scratch);
    encrypted.push(...readable.encrypted.map((path) => ({ tool, path })));
    const { env } = options;
    const reading = { bin: await options.bin(tool), env, scratch, ownConfig: true };
    const listing = await readInventory(readable.inventories, reading);
    if (listing.hosts.length > 0) listings.set(tool, listing);
  }
  return { listings, encrypted };
}

/** A name without a dot: kubespray's default for cluster_name is a DNS domain. */
function namedBy(listings: ReadonlyMap<ToolName, Listing>): string | undefined {
  return [...listings]
    .filter(([tool]) => tool === "custom" || tool === "kubespray")
    .map(([tool, listing]) => clusterName(toolView(tool, listing, new Map())))
    .find((name) => name !== undefined && /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/.test(name));
}

/** Loads the files as `validate` does, from a scratch folder. */
async function load({ inventories, scratch, moreRules }: ImportOptions, name: string, files: FileSet) {
  const inventoriesDir = join(scratch, "check", "inventories");
  mkdirSync(join(inventoriesDir, name), { recursive: true });
  const defaults = join(inventories, "_defaults");
  if (existsSync(defaults)) cpSync(defaults, join(inventoriesDir, "_defaults"), { recursive: true });
  writeFiles(join(inventoriesDir, name), files, join(scratch, "staging"));
  const loaded = await loadInventory({ inventoriesDir, cluster: name, sets: [], moreRules });
  return { problems: loaded.problems, merged: (loaded.value([]) ?? {}) as ValueMap };
}

function writeFiles(folder: string, files: FileSet, staging: string): void {
  const all = [...files].map(([path, { content, mode }]) => ({
    path: join(folder, path),
    content,
    mode: mode ?? 0o644,
  }));
  if (all.length > 0) writeAllAtomic(all, staging);
}

/** The model, even when a rule finds an error: the comparison is about what is rendered. */
function modelOf(merged: ValueMap, cluster: string): ClusterModel {
  return buildModel(clusterSchema.parse(withoutNulls(merged)), { cluster, resolveFile: (_, file) => file });
}

async function prove(
  options: ImportOptions,
  draft: Draft,
  model: ClusterModel,
  round: number,
): Promise<Map<ToolName, readonly Difference[]>> {
  const result = new Map<ToolName, readonly Difference[]>();
  for (const view of draft.views) {
    const inventory = options.inventoryOf(model, view.tool);
    const files = inventory === undefined ? new Map() : inventoryFiles(model, view.tool, inventory);
    const folder = join(options.scratch, "rendered", String(round), view.tool);
    mkdirSync(dirname(folder), { recursive: true });
    writeFiles(folder, files, join(options.scratch, "staging"));
    const reading = {
      bin: await options.bin(view.tool),
      env: options.env,
      scratch: options.scratch,
      ownConfig: false,
    };
    const after = files.size === 0 ? undefined : await readInventory([join(folder, "hosts.yml")], reading);
    result.set(view.tool, compareListings(view, after, draft.sections));
  }
  return result;
}
