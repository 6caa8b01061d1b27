/** One file of an inventory, or one --set flag. */
import type { MapNode } from "../../io/yaml.ts";

export interface Layer {
  /** As shown to people: `inventories/prod/hosts.yml`, or `--set`. */
  readonly file: string;
  /** Folder that relative paths in this layer start from. */
  readonly folder: string;
  readonly root: MapNode;
}
