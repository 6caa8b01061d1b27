/** One source of values. */
import type { MapNode } from "../../io/yaml.ts";

/** One file of an inventory, or one --set flag. */
export interface Layer {
  /** For messages: `inventories/prod/hosts.yml`, or `--set`. */
  readonly file: string;
  /** Folder that relative paths in this layer start from. */
  readonly folder: string;
  readonly root: MapNode;
}
