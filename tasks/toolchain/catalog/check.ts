/** Compares pass-through variables with the tool's catalog. Pure. */
import { closest } from "../../core/closest.ts";
import type { ClusterModel, ToolName } from "../../core/model.ts";
import { Float, isMap, Tagged, type Value, type ValueMap } from "../../core/value.ts";
import type { Catalog, Variable, VariableType } from "./build.ts";
import { REMOVED } from "./removed.ts";

/** A pass-through variable with a problem. */
export interface VariableFinding {
  readonly code: "KM301" | "KM302" | "KM303";
  readonly severity: "error" | "warning";
  /** In the central inventory. */
  readonly path: readonly string[];
  readonly message: string;
  readonly remedy: string;
}

/**
 * Problems of all pass-through variables.
 * @param catalogs of the installed tools; the variables of a tool without a catalog are not checked
 */
export function variableFindings(
  model: ClusterModel,
  catalogs: ReadonlyMap<ToolName, Catalog>,
): VariableFinding[] {
  return [...catalogs].flatMap(([tool, catalog]) => {
    const { groups, hosts } = model.tools[tool];
    const places: readonly (readonly [path: readonly string[], variables: ValueMap])[] = [
      ...Object.entries(groups).map(([group, variables]) => [["tools", tool, group], variables] as const),
      ...Object.entries(hosts).map(
        ([host, variables]) => [["tools", tool, "hosts", host], variables] as const,
      ),
    ];
    const used = namesIn(places.map(([, variables]) => variables));
    return places.flatMap(([path, variables]) =>
      Object.entries(variables).flatMap(([name, value]) =>
        judge(catalog, tool, [...path, name], name, value, used),
      ),
    );
  });
}

function judge(
  catalog: Catalog,
  tool: ToolName,
  path: readonly string[],
  name: string,
  value: Value,
  used: ReadonlySet<string>,
): VariableFinding[] {
  const instead = Object.hasOwn(REMOVED[tool] ?? {}, name) ? REMOVED[tool]?.[name] : undefined;
  const defined = catalog.variables.filter((variable) => variable.name === name);
  if (instead !== undefined && defined.length === 0) {
    return [
      {
        code: "KM302",
        severity: "error",
        path,
        message: `${tool} ${catalog.version} no longer reads ${name}`,
        remedy: `use ${instead}`,
      },
    ];
  }
  if (defined.length > 0) return wrongType(catalog, path, defined, value);
  // A variable that a template of the inventory refers to is the site's own.
  if (catalog.names.has(name) || used.has(name) || /^ansible_/.test(name)) return [];
  const near = nearest(catalog, name);
  return [
    {
      code: "KM301",
      severity: "warning",
      path,
      message: `${tool} ${catalog.version} has no variable ${name}, so it has no effect${near === undefined ? "" : `; did you mean ${near.name}?`}`,
      remedy:
        near === undefined
          ? `remove it, or search for the right name: npm run vars -- ${tool} ${name.split("_").slice(0, 2).join("_")}`
          : `write ${near.name} (default ${near.default ?? "not set"}, in ${near.file}:${near.line}), or remove it`,
    },
  ];
}

function nearest(catalog: Catalog, name: string): Variable | undefined {
  const near = closest(name, new Set(catalog.variables.map((variable) => variable.name)));
  return catalog.variables.find((variable) => variable.name === near);
}

function wrongType(
  catalog: Catalog,
  path: readonly string[],
  defined: readonly Variable[],
  value: Value,
): VariableFinding[] {
  const types = new Set(defined.map(({ type }) => type));
  const [wanted] = types;
  const [first] = defined;
  if (types.size !== 1 || wanted === undefined || first === undefined || fits(value, wanted)) return [];
  return [
    {
      code: "KM303",
      severity: "warning",
      path,
      message: `${first.name} is ${WORDS[wanted]} in ${catalog.tool} ${catalog.version}, not ${describe(value)}`,
      remedy: `write ${WORDS[wanted]}; the default is ${first.default ?? "not set"}, in ${first.file}:${first.line}`,
    },
  ];
}

/** A template may become anything, null unsets a variable, and Ansible reads numbers in text: all of these fit. */
function fits(value: Value, wanted: VariableType): boolean {
  if (value === null || value instanceof Tagged) return true;
  if (typeof value === "string" && /\{\{|\{%/.test(value)) return true;
  switch (wanted) {
    case "list":
      return Array.isArray(value);
    case "dict":
      return isMap(value);
    case "bool":
      return typeof value === "boolean" || value === 0 || value === 1;
    case "int":
      return (
        typeof value === "number" ||
        typeof value === "bigint" ||
        value instanceof Float ||
        (typeof value === "string" && /^[-+]?\d[\d_]*$/.test(value))
      );
    case "float":
      return (
        typeof value === "number" ||
        value instanceof Float ||
        (typeof value === "string" && !Number.isNaN(Number(value)))
      );
    case "str":
      return !Array.isArray(value) && !isMap(value);
  }
}

const WORDS: Readonly<Record<VariableType, string>> = {
  bool: "true or false",
  int: "a whole number",
  float: "a number",
  str: "text",
  list: "a list",
  dict: "a map",
};

function describe(value: Value): string {
  if (Array.isArray(value)) return "a list";
  if (isMap(value)) return "a map";
  if (typeof value === "string") return `the text "${value.length > 30 ? `${value.slice(0, 30)}…` : value}"`;
  return value instanceof Float ? String(value.value) : String(value);
}

/** Identifiers in the templates of the inventory's own values. */
function namesIn(values: readonly Value[]): ReadonlySet<string> {
  const names = new Set<string>();
  const walk = (value: Value): void => {
    if (Array.isArray(value)) for (const item of value) walk(item);
    else if (isMap(value)) for (const item of Object.values(value)) walk(item);
    else if (typeof value === "string" && value.includes("{"))
      for (const [name] of value.matchAll(/[A-Za-z_]\w*/g)) names.add(name);
  };
  for (const value of values) walk(value);
  return names;
}
