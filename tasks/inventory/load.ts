/** Loads a folder of YAML files: a frozen ClusterModel, or every problem. */
import { homedir } from "node:os";
import { isAbsolute, join, resolve } from "node:path";
import { InputError } from "../core/errors.ts";
import type { ClusterModel } from "../core/model.ts";
import { type InventoryPath, parsePath } from "../core/path.ts";
import type { Origin, Problem } from "../core/problem.ts";
import { valueAt } from "../core/schema-complaints.ts";
import { isMap, type Value, type ValueMap } from "../core/value.ts";
import { originOf, toValue } from "../io/yaml.ts";
import { type Definition, definitions, findInLayers, placeIn } from "./layers/definitions.ts";
import { withoutNulls } from "./layers/drop-nulls.ts";
import { expandHosts } from "./layers/host-ranges.ts";
import type { Layer } from "./layers/layer.ts";
import { mergeValues } from "./layers/merge.ts";
import { readLayers } from "./layers/read-layers.ts";
import { type BuildContext, buildModel } from "./model/build-model.ts";
import { variantAt } from "./model/variant.ts";
import { withoutUnknownKeys } from "./problems/drop-unknown-keys.ts";
import { sortProblems } from "./problems/problem-places.ts";
import { schemaProblems } from "./problems/schema-problems.ts";
import { checkRules } from "./rules/inventory-rules.ts";
import type { Rule } from "./rules/rule-type.ts";
import { clusterSchema } from "./schema/cluster.ts";
import { knownKeys } from "./schema/walk.ts";

/** What to load. */
export interface LoadOptions {
  readonly inventoriesDir: string;
  /** Name of the cluster's folder. */
  readonly cluster: string;
  /** `--set` flags: `a.b=c`, later ones win. */
  readonly sets: readonly string[];
  /** Rules of the installed tools. */
  readonly moreRules?: readonly Rule[];
}

/** An inventory that was read, merged and checked. */
export interface LoadedInventory {
  readonly cluster: string;
  /** Absent when there are errors. */
  readonly model?: ClusterModel;
  /** Errors and warnings, by file and line. */
  readonly problems: readonly Problem[];
  /** Number of hosts after the ranges are expanded; set even when there are errors. */
  readonly hostCount: number;
  /** The files that were read, lowest layer first. */
  readonly files: readonly string[];
  /** The merged value at a path such as `hosts.master1.ip`; undefined when no layer has one. */
  value(path: string | InventoryPath): Value | undefined;
  /** Where the value at a path is written. */
  origin(path: string | InventoryPath): Origin | undefined;
  /** The same cluster with the value at a path changed, to see what depends on it. */
  variant(path: string | InventoryPath): ClusterModel | undefined;
  /** Every layer's value at a path, lowest layer first; the last one counts. */
  history(path: string | InventoryPath): readonly Definition[];
}

/** Reads, merges and validates. Mistakes of the user are in `problems`; they are never thrown. */
export async function loadInventory({
  inventoriesDir,
  cluster,
  sets,
  moreRules = [],
}: LoadOptions): Promise<LoadedInventory> {
  const read = await readLayers(inventoriesDir, cluster, sets);
  const problems: Problem[] = [...read.problems];
  const layers: Layer[] = [];
  for (const layer of read.layers) {
    const expanded = expandHosts(layer.root);
    problems.push(...expanded.problems);
    layers.push({ ...layer, root: expanded.root });
  }
  const merged = mergeValues(layers.map(({ root }) => toValue(root) as ValueMap));
  const context: BuildContext = { cluster, resolveFile: (path, file) => resolveFile(layers, path, file) };
  // When a file could not be read, values would seem to be missing that are in it.
  const model = read.isComplete ? validate(merged, layers, context, problems, moreRules) : undefined;
  const isValid = !problems.some(({ severity }) => severity === "error");
  const asPath = (path: string | InventoryPath) =>
    typeof path === "string" ? (parsePath(path) ?? []) : path;
  return {
    cluster,
    ...(model !== undefined && isValid ? { model } : {}),
    problems: sortProblems(problems),
    hostCount: isMap(merged.hosts) ? Object.keys(merged.hosts).length : 0,
    files: [...new Set(layers.map(({ file }) => file))],
    value: (path) => valueAt(merged, asPath(path)),
    origin: (path) => {
      const place = placeIn(layers, asPath(path));
      return place === undefined ? undefined : originOf(place);
    },
    variant: (path) => {
      const at = asPath(path);
      return variantAt(merged, at, valueAt(merged, at), (changed) => {
        const parsed = clusterSchema.safeParse(withoutNulls(changed as ValueMap));
        return parsed.success ? buildModel(parsed.data, context) : undefined;
      });
    },
    history: (path) => definitions(layers, asPath(path)),
  };
}

function validate(
  merged: ValueMap,
  layers: readonly Layer[],
  context: BuildContext,
  problems: Problem[],
  moreRules: readonly Rule[],
): ClusterModel | undefined {
  const settings = withoutNulls(merged);
  let parsed = clusterSchema.safeParse(settings);
  if (!parsed.success) {
    const { issues } = parsed.error;
    problems.push(...schemaProblems(issues, settings, layers, knownKeys));
    const rest = withoutUnknownKeys(settings, issues);
    if (rest !== undefined) parsed = clusterSchema.safeParse(rest);
  }
  if (!parsed.success) return undefined;
  const model = buildModel(parsed.data, context);
  problems.push(...checkRules(model, layers, moreRules));
  return model;
}

function resolveFile(layers: readonly Layer[], path: InventoryPath, file: string): string {
  if (file === "~" || file.startsWith("~/")) return join(homedir(), file.slice(1));
  if (isAbsolute(file)) return file;
  return resolve(findInLayers(layers, path).at(-1)?.layer.folder ?? ".", file);
}

/** The model of an inventory without errors. @throws InputError with all problems. */
export function requireModel(loaded: LoadedInventory): ClusterModel {
  if (loaded.model !== undefined) return loaded.model;
  const errors = loaded.problems.filter(({ severity }) => severity === "error").length;
  throw new InputError(
    `the inventory "${loaded.cluster}" has ${errors} ${errors === 1 ? "error" : "errors"}`,
    {
      problems: loaded.problems,
      remedy: `correct the lines above; to check them: npm run validate -- --cluster ${loaded.cluster}`,
    },
  );
}
