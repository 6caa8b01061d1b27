/** A tool's inventory → the files that carry it, hosts.yml and group_vars: decided here, once, for every tool. */
import { InputError } from "../core/errors.ts";
import type { FileSet, RenderedFile } from "../core/file-set.ts";
import type { ClusterModel, ToolName, ToolVariables } from "../core/model.ts";
import { holdsSecret } from "../core/secret.ts";
import type { ValueMap } from "../core/value.ts";
import { toYaml } from "../core/yaml-text.ts";
import { hostsDocument } from "./hosts-document.ts";
import type { ToolInventory } from "./tool-inventory.ts";

/** The inventory of a tool that this cluster does not use. */
export const NO_FILES: FileSet = new Map();

/**
 * Files relative to build/<cluster>/<tool>/. Ours are group_vars/<group>/kube-magic.yml, the user's pass-through
 * variables site.yml beside them: Ansible reads a folder in alphabetical order, so the user's win.
 * @throws InputError when a pass-through group's name cannot be a folder.
 */
export function inventoryFiles(model: ClusterModel, tool: ToolName, inventory: ToolInventory): FileSet {
  const site = model.tools[tool];
  const files = new Map<string, RenderedFile>();
  const hosts = withSiteVariables(inventory.hosts, site);
  files.set("hosts.yml", {
    content: hostsDocument({
      ...inventory,
      hosts,
      shared: { kube_magic_source: source(model), ...inventory.shared },
    }),
    ...modeFor(...Object.values(site.hosts)),
  });
  for (const [group, variables] of Object.entries(inventory.variables)) {
    if (Object.keys(variables).length > 0)
      files.set(...variablesFile(model, tool, group, "kube-magic", variables));
  }
  for (const [group, variables] of Object.entries(site.groups)) {
    if (Object.keys(variables).length > 0) files.set(...variablesFile(model, tool, group, "site", variables));
  }
  return files;
}

function withSiteVariables(
  hosts: ReadonlyMap<string, ValueMap>,
  site: ToolVariables,
): ReadonlyMap<string, ValueMap> {
  const merged = new Map(hosts);
  for (const [name, variables] of Object.entries(site.hosts)) {
    const own = merged.get(name);
    if (own !== undefined) merged.set(name, { ...own, ...variables });
  }
  return merged;
}

function variablesFile(
  model: ClusterModel,
  tool: ToolName,
  group: string,
  file: "kube-magic" | "site",
  variables: ValueMap,
): [string, RenderedFile] {
  if (!/^[A-Za-z0-9_][A-Za-z0-9_.-]*$/.test(group)) {
    throw new InputError(`tools.${tool}: "${group}" cannot be the name of an Ansible group`, {
      remedy: "use letters, digits and underscores",
    });
  }
  const where = file === "site" ? `tools.${tool} of ` : "";
  const header =
    `# Generated from ${where}${source(model)}\n` +
    (file === "site" ? "" : `# To add or override variables of this tool, use tools.${tool} there.\n`);
  return [
    `group_vars/${group}/${file}.yml`,
    { content: `${header}---\n${toYaml(variables)}`, ...modeFor(variables) },
  ];
}

/** Says where a generated file comes from, and that it is no place for edits. */
function source(model: ClusterModel): string {
  return `the central inventory of ${model.name} by "npm run render": do not edit, the next render overwrites it.`;
}

function modeFor(...variables: readonly ValueMap[]): { readonly mode?: number } {
  return variables.some((map) => holdsSecret(map)) ? { mode: 0o600 } : {};
}
