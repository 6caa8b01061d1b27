/** A kubeconfig, typed as far as it is used; everything else in it is kept as it is. */
import { isMap, type Value, type ValueMap } from "../core/value.ts";
import { readYaml, SourceText, toValue, type YamlNode } from "../io/yaml.ts";

/** The three lists of a kubeconfig; each entry is `{ name, <one of these> }`. */
export const SECTIONS = { clusters: "cluster", contexts: "context", users: "user" } as const;
export type Section = keyof typeof SECTIONS;
export const SECTION_NAMES = Object.keys(SECTIONS) as readonly Section[];

export interface Entry {
  readonly name: string;
  readonly [key: string]: Value;
}

export interface Kubeconfig {
  readonly clusters: readonly Entry[];
  readonly contexts: readonly Entry[];
  readonly users: readonly Entry[];
  readonly currentContext: string;
  /** Everything, as it was read. */
  readonly value: ValueMap;
}

export type KubeconfigReading =
  | { readonly config: Kubeconfig; readonly root: YamlNode | undefined; readonly problem?: undefined }
  /** `line 3: …`; never quotes the file, which holds keys. */
  | { readonly problem: string; readonly config?: undefined };

const EMPTY: Kubeconfig = { clusters: [], contexts: [], users: [], currentContext: "", value: {} };

/** An empty text is an empty kubeconfig, as kubectl sees it. */
export function readKubeconfig(text: string): KubeconfigReading {
  const { root, problems } = readYaml(new SourceText("kubeconfig", text));
  const [first] = problems;
  if (first !== undefined) {
    const line = first.origin === undefined ? "" : `line ${first.origin.line}: `;
    return { problem: `${line}${first.code === "KM005" ? "not YAML" : first.message}` };
  }
  const value = root === undefined ? null : toValue(root);
  if (value === null) return { config: EMPTY, root: undefined };
  if (!isMap(value)) return { problem: "it is not a map" };
  if (value.kind !== undefined && value.kind !== "Config") return { problem: "its kind is not Config" };
  const lists: Record<Section, readonly Entry[]> = { clusters: [], contexts: [], users: [] };
  for (const section of SECTION_NAMES) {
    const list = value[section] ?? [];
    if (!Array.isArray(list)) return { problem: `${section} is not a list` };
    if (!list.every(isEntry)) return { problem: `an entry of ${section} has no name` };
    lists[section] = list;
  }
  const current = value["current-context"];
  return {
    config: { ...lists, currentContext: typeof current === "string" ? current : "", value },
    root,
  };
}

function isEntry(value: Value): value is Entry {
  return isMap(value) && typeof value.name === "string" && value.name !== "";
}

export function entryNamed(entries: readonly Entry[], name: string): Entry | undefined {
  return entries.find((entry) => entry.name === name);
}

/** The inner map of an entry: `cluster: { server: … }` → `{ server: … }`. */
export function bodyOf(section: Section, entry: Entry | undefined): ValueMap {
  const body = entry?.[SECTIONS[section]];
  return isMap(body) ? body : {};
}

/** Text at a key, or "" when there is none. */
export function textAt(map: ValueMap, key: string): string {
  const value = map[key];
  return typeof value === "string" ? value : "";
}
