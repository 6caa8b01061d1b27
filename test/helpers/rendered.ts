/** Rendered files as data, for tests that ask what is in them. */
import type { FileSet } from "../../tasks/core/file-set.ts";
import type { ClusterModel, ToolName } from "../../tasks/core/model.ts";
import type { ValueMap } from "../../tasks/core/value.ts";
import { toolFiles, toolInventory } from "../../tasks/deploy/tool-files.ts";

interface HostsFile {
  readonly vars: Readonly<Record<string, unknown>>;
  readonly hosts: Readonly<Record<string, Record<string, unknown>>>;
  readonly children: Readonly<Record<string, { readonly hosts?: object; readonly children?: object }>>;
}

/** hosts.yml of a tool. */
export function hostsFile(model: ClusterModel, tool: ToolName): HostsFile {
  const content = toolFiles(model, tool).get("hosts.yml")?.content ?? "{}";
  return (JSON.parse(content) as { all: HostsFile }).all;
}

/** Hosts that are named directly in a group. */
export function membersOf(model: ClusterModel, tool: ToolName, group: string): string[] {
  return Object.keys(hostsFile(model, tool).children[group]?.hosts ?? {});
}

/** Our variables of a group, as data. */
export function variablesOf(model: ClusterModel, tool: ToolName, group = "all"): ValueMap {
  return toolInventory(model, tool)?.variables[group] ?? {};
}

/** The text of a file below its header of comments. */
export function bodyOf(files: FileSet, path: string): string {
  return files.get(path)?.content.replace(/^(#.*\n)*---\n/, "") ?? "";
}
