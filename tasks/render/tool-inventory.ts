/** The inventory of one tool as data: what every renderer builds. */
import type { ClusterModel, Host, ToolName } from "../core/model.ts";
import type { ValueMap } from "../core/value.ts";

/** A group of Ansible: names of its hosts, and of its child groups. */
export interface Group {
  readonly hosts?: readonly string[];
  readonly children?: readonly string[];
}

/** An inventory, before it becomes files. */
export interface ToolInventory {
  /** The hosts of this tool, in the order of the central inventory. */
  readonly hosts: readonly Host[];
  /** A host's variables with the tool's names; connection variables are added later, for every tool alike. */
  readonly hostVariables: (host: Host) => ValueMap;
  readonly groups: Readonly<Record<string, Group>>;
  /** Group → variables that are derived from the central inventory. */
  readonly variables: Readonly<Record<string, ValueMap>>;
}

/** Makes a tool's inventory; undefined when the cluster does not use the tool. */
export type InventoryOf = (model: ClusterModel, tool: ToolName) => ToolInventory | undefined;

/** A group with these hosts. */
export function groupOf(hosts: readonly Host[]): Group {
  return { hosts: hosts.map(({ name }) => name) };
}
