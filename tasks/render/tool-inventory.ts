/** One tool's inventory as data. Every renderer builds one. */
import type { ClusterModel, Host, ToolName } from "../core/model.ts";
import type { ValueMap } from "../core/value.ts";

export interface Group {
  readonly hosts?: readonly string[];
  readonly children?: readonly string[];
}

export interface ToolInventory {
  /** The hosts that this tool may see, in the order of declaration. */
  readonly hosts: readonly Host[];
  /** A host's variables in the tool's terms; how to reach it is added for every tool alike. */
  readonly hostVariables: (host: Host) => ValueMap;
  readonly groups: Readonly<Record<string, Group>>;
  /** Group name → the variables that we derive from the central inventory. */
  readonly variables: Readonly<Record<string, ValueMap>>;
}

/** Makes a tool's inventory; undefined when the cluster does not use the tool. */
export type InventoryOf = (model: ClusterModel, tool: ToolName) => ToolInventory | undefined;

/** A group of these hosts. */
export function groupOf(hosts: readonly Host[]): Group {
  return { hosts: hosts.map(({ name }) => name) };
}
