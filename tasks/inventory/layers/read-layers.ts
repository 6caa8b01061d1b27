/** Reads the layers of a cluster in their order. Later layers win. */
import { dirname, join, relative } from "node:path";
import { formatPath, parsePath } from "../../core/path.ts";
import type { Problem } from "../../core/problem.ts";
import { listYamlFiles, readYaml, readYamlFile, SourceText, type YamlNode } from "../../io/yaml.ts";
import { problemAtNode } from "../problems/problem-places.ts";
import type { Layer } from "./layer.ts";

/** All layers of a cluster, lowest first. */
export interface Layers {
  readonly layers: readonly Layer[];
  /** False when a file could not be read: a value that seems to be missing may be in it. */
  readonly isComplete: boolean;
  readonly problems: readonly Problem[];
}

/** YAML 1.1 reads the key `no` as false; network.proxy.no is the one key that may be written so. */
const acceptKey = (path: readonly string[]): boolean => path.join(".") === "network.proxy.no";

/** Reads `_defaults`, the cluster's folder, its `local/` folder and the --set flags, in this order. */
export async function readLayers(
  inventoriesDir: string,
  cluster: string,
  sets: readonly string[],
): Promise<Layers> {
  const shownFrom = dirname(inventoriesDir);
  const layers: Layer[] = [];
  const problems: Problem[] = [];
  let isComplete = true;
  const keep = (file: string, folder: string, root: YamlNode | undefined): void => {
    if (root === undefined || (root.kind === "scalar" && root.value === null)) return;
    if (root.kind === "map") layers.push({ file, folder, root });
    else {
      problems.push(problemAtNode(root, NOT_A_MAP));
      if (file !== "--set") isComplete = false;
    }
  };
  for (const name of ["_defaults", cluster, join(cluster, "local")]) {
    const folder = join(inventoriesDir, name);
    const listing = await listYamlFiles(folder, relative(shownFrom, folder), {
      isOptional: name !== cluster,
    });
    problems.push(...listing.problems);
    if (listing.problems.length > 0) isComplete = false;
    for (const file of listing.files) {
      const shownAs = relative(shownFrom, join(folder, file));
      const reading = await readYamlFile(join(folder, file), shownAs, { acceptKey });
      problems.push(...reading.problems);
      if (reading.problems.length > 0 && reading.root?.kind !== "map") isComplete = false;
      keep(shownAs, folder, reading.root);
    }
  }
  sets.forEach((set, index) => {
    const reading = readSet(set, index + 1);
    problems.push(...reading.problems);
    keep("--set", process.cwd(), reading.root);
  });
  return { layers, problems, isComplete };
}

const NOT_A_MAP = {
  code: "KM018",
  message: "an inventory file must be a map of sections",
  remedy: 'write "section: …" lines, such as "network:" or "hosts:"',
};

/** Parses one `--set a.b=c` to a tree. Its places point into the text of the flag. */
function readSet(text: string, index: number): { root?: YamlNode; problems: readonly Problem[] } {
  const source = new SourceText("--set", text, index);
  const equals = text.indexOf("=");
  const path = equals < 0 ? undefined : parsePath(text.slice(0, equals).trim());
  if (path === undefined || path.some((part) => typeof part === "number")) {
    const place = { source, start: 0, end: text.length };
    return { problems: [problemAtNode(place, BAD_SET)] };
  }
  // Blanks replace the path, so that offsets in the value are offsets in the flag.
  const blanked = " ".repeat(equals + 1) + text.slice(equals + 1);
  const reading = readYaml(new SourceText("--set", blanked, index));
  const problems = reading.problems.map((problem) => ({ ...problem, line: text }));
  const value: YamlNode = reading.root ?? {
    kind: "scalar",
    value: null,
    source,
    start: equals,
    end: equals + 1,
  };
  const key = { source, start: 0, end: equals };
  const root = path.reduceRight<YamlNode>(
    (inner, name) => ({
      kind: "map",
      ...key,
      entries: new Map([[String(name), { key, value: inner }]]),
    }),
    onSource(value, source),
  );
  return { root, problems };
}

function onSource(node: YamlNode, source: SourceText): YamlNode {
  if (node.kind === "scalar") return { ...node, source };
  if (node.kind === "list")
    return { ...node, source, items: node.items.map((item) => onSource(item, source)) };
  const entries = [...node.entries].map(
    ([name, { key, value }]) => [name, { key: { ...key, source }, value: onSource(value, source) }] as const,
  );
  return { ...node, source, entries: new Map(entries) };
}

const BAD_SET = {
  code: "KM019",
  message: "--set needs a path, an equals sign and a value",
  remedy: `write it like --set api.port=8443, or --set '${formatPath(["hosts", "worker1", "labels", "a.b/c"])}=x'`,
};
