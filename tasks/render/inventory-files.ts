/** Makes the files of a tool's inventory, hosts.yml and group_vars: the same way for every tool. */
import { InputError } from "../core/errors.ts";
import type { FileSet, RenderedFile } from "../core/file-set.ts";
import { hasDecoderKeys } from "../core/json-text.ts";
import type { ClusterModel, ToolName, ToolVariables } from "../core/model.ts";
import { holdsSecret } from "../core/secret.ts";
import type { ValueMap } from "../core/value.ts";
import { toYaml } from "../core/yaml-text.ts";
import { type Connections, connectionsOf } from "./connection.ts";
import { jsonHosts, yamlHosts } from "./hosts-document.ts";
import type { ToolInventory } from "./tool-inventory.ts";

/**
 * Files relative to build/<cluster>/<tool>/. Our variables are in group_vars/<group>/kube-magic.yml, the user's pass-through
 * variables in site.yml beside it: Ansible reads a folder in alphabetical order, so the user's variables win.
 * @throws InputError when a pass-through group's name cannot be a folder.
 */
export function inventoryFiles(model: ClusterModel, tool: ToolName, inventory: ToolInventory): FileSet {
  const site = model.tools[tool];
  const files = new Map<string, RenderedFile>();
  const connections = connectionsOf(model, inventory.hosts);
  const document = {
    shared: { kube_magic_source: source(model), ...connections.shared },
    hosts: hostEntries(inventory, connections, site),
    groups: inventory.groups,
  };
  const siteHosts = Object.values(site.hosts);
  files.set("hosts.yml", {
    content: siteHosts.some(hasDecoderKeys) ? yamlHosts(document) : jsonHosts(document),
    ...modeFor(...siteHosts),
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

/** One host at a time, so that not all of thousands are in memory together. The user's variables win. */
function* hostEntries(
  { hosts, hostVariables }: ToolInventory,
  connections: Connections,
  site: ToolVariables,
): Generator<[name: string, variables: ValueMap]> {
  for (const host of hosts) {
    yield [host.name, { ...connections.of(host), ...hostVariables(host), ...site.hosts[host.name] }];
  }
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
      remedy: "rename the group: use letters, digits and underscores",
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

/** For the head of a generated file: where it comes from, and that edits are lost. */
function source(model: ClusterModel): string {
  return `the central inventory of ${model.name} by "npm run render": do not edit, the next render overwrites it.`;
}

function modeFor(...variables: readonly ValueMap[]): { readonly mode?: number } {
  return variables.some((map) => holdsSecret(map)) ? { mode: 0o600 } : {};
}
