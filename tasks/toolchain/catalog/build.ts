/** The variables of a tool, read from its tree: role defaults, argument specs, and every identifier in its code. */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative } from "node:path";
import { isMap, type Value } from "../../core/value.ts";
import { type MapNode, originOf, readYaml, SourceText, toValue, type YamlNode } from "../../io/yaml.ts";

/** Ansible's names of types. */
export type VariableType = "bool" | "int" | "float" | "str" | "list" | "dict";

/** A variable that a role defines. */
export interface Variable {
  readonly name: string;
  /** Relative to the tree. */
  readonly file: string;
  readonly line: number;
  /** As written in the file, cut when long; absent when an argument spec has none. */
  readonly default?: string;
  /** Absent when the default is empty or a template. */
  readonly type?: VariableType;
  /** The comment above it, or its description. */
  readonly about?: string;
}

/** All variables of one version of a tool. */
export interface Catalog {
  readonly tool: string;
  readonly version: string;
  readonly variables: readonly Variable[];
  /** Every identifier in the code: a variable that is not among them has no effect. */
  readonly names: ReadonlySet<string>;
}

const CODE = /\.(?:ya?ml|j2|py|sh|cfg|ini|sample|example|conf|service|xml|tmpl)$|\/(?:hosts|inventory)[^/]*$/;
/** Documentation and tests still name variables that the code no longer reads. */
const SKIPPED = /^(?:\.git|\.github|\.gitlab-ci|docs?|tests?|images|node_modules|__pycache__|molecule)$/;
const LARGEST = 512 * 1024;

/** Reads the whole tree; takes about half a second for the largest. */
export function buildCatalog(tool: string, version: string, tree: string): Catalog {
  const variables: Variable[] = [];
  const names = new Set<string>();
  for (const path of codeFiles(tree)) {
    const text = readFileSync(path, "utf8");
    for (const [name] of text.matchAll(/[A-Za-z_][A-Za-z0-9_]{2,}/g)) names.add(name);
    const file = relative(tree, path);
    if (/(?:^|\/)defaults\/(?:[^/]+\/)*[^/]+\.ya?ml$/.test(file)) variables.push(...defaultsOf(file, text));
    else if (/(?:^|\/)meta\/argument_specs?\.ya?ml$/.test(file)) variables.push(...specsOf(file, text));
  }
  variables.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  return { tool, version, variables, names };
}

function codeFiles(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return SKIPPED.test(entry.name) ? [] : codeFiles(path);
    return entry.isFile() && CODE.test(path) && statSync(path).size <= LARGEST ? [path] : [];
  });
}

function defaultsOf(file: string, text: string): Variable[] {
  const root = mapOf(file, text);
  if (root === undefined) return [];
  const lines = text.split("\n");
  return [...root.entries].map(([name, { key, value }]): Variable => {
    const { line } = originOf(key);
    const type = typeOf(value);
    const about = commentAbove(lines, line);
    return {
      name,
      file,
      line,
      default: written(toValue(value)),
      ...(type === undefined ? {} : { type }),
      ...(about === undefined ? {} : { about }),
    };
  });
}

/** argument_specs: { main: { options: { name: { type, description, default } } } } */
function specsOf(file: string, text: string): Variable[] {
  const specs = mapOf(file, text)?.entries.get("argument_specs")?.value;
  if (specs?.kind !== "map") return [];
  return [...specs.entries.values()].flatMap(({ value }) => {
    const options = value.kind === "map" ? value.entries.get("options")?.value : undefined;
    if (options?.kind !== "map") return [];
    return [...options.entries].map(([name, option]): Variable => {
      const spec = toValue(option.value);
      const type = isMap(spec) ? SPEC_TYPES[String(spec.type)] : undefined;
      const about = isMap(spec) && spec.description !== undefined ? plainText(spec.description) : undefined;
      return {
        name,
        file,
        line: originOf(option.key).line,
        ...(isMap(spec) && spec.default !== undefined ? { default: written(spec.default) } : {}),
        ...(type === undefined ? {} : { type }),
        ...(about === undefined ? {} : { about }),
      };
    });
  });
}

const SPEC_TYPES: Readonly<Record<string, VariableType>> = {
  bool: "bool",
  int: "int",
  float: "float",
  str: "str",
  path: "str",
  list: "list",
  dict: "dict",
};

function mapOf(file: string, text: string): MapNode | undefined {
  const { root } = readYaml(new SourceText(file, text));
  return root?.kind === "map" ? root : undefined;
}

function typeOf(node: YamlNode): VariableType | undefined {
  if (node.kind === "list") return "list";
  if (node.kind === "map") return "dict";
  const { value } = node;
  if (typeof value === "boolean") return "bool";
  if (typeof value === "number" && Number.isInteger(value)) return "int";
  if (typeof value === "string" && value !== "" && !/\{\{|\{%/.test(value)) return "str";
  return undefined;
}

function written(value: Value): string {
  const text =
    typeof value === "string"
      ? value
      : JSON.stringify(value, (_, item) => (typeof item === "bigint" ? String(item) : item));
  const line = text.replace(/\s+/g, " ").trim();
  return line === "" ? '""' : line.length > 160 ? `${line.slice(0, 160)}…` : line;
}

function commentAbove(lines: readonly string[], line: number): string | undefined {
  const comment: string[] = [];
  for (let at = line - 2; at >= 0 && /^#/.test(lines[at] ?? ""); at -= 1)
    comment.unshift((lines[at] ?? "").replace(/^#+\s*/, ""));
  const text = comment.join(" ").replace(/\s+/g, " ").trim();
  return text === "" ? undefined : text.slice(0, 300);
}

function plainText(value: Value): string {
  return (Array.isArray(value) ? value.join(" ") : String(value)).replace(/\s+/g, " ").trim().slice(0, 300);
}
