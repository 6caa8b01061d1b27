/** One tool's inventory as data. Every renderer builds one. */
import type { ValueMap } from "../core/value.ts";

export interface Group {
  readonly hosts?: readonly string[];
  readonly children?: readonly string[];
}

export interface ToolInventory {
  /** Host name → its variables, in the order of declaration. */
  readonly hosts: ReadonlyMap<string, ValueMap>;
  /** Variables of the group `all` that belong beside the hosts: how to reach them. */
  readonly shared: ValueMap;
  readonly groups: Readonly<Record<string, Group>>;
  /** Group name → the variables that we derive from the central inventory. */
  readonly variables: Readonly<Record<string, ValueMap>>;
}
