/** The flags of every command that reads an inventory, and the way from them to a cluster. */
import { chooseCluster } from "../inventory/clusters.ts";
import { type LoadedInventory, type LoadOptions, loadInventory } from "../inventory/load.ts";
import { type OptionSpec, optionValue, type TaskContext } from "./task.ts";

export const INVENTORY_OPTIONS = {
  cluster: {
    type: "string",
    short: "c",
    value: "NAME",
    help: "folder in inventories/; default: KUBE_MAGIC_CLUSTER, or the only cluster that is no example",
  },
  set: {
    type: "string",
    multiple: true,
    value: "PATH=VALUE",
    help: "override one value, such as api.port=8443; the value is read as YAML; repeatable",
  },
} as const satisfies Record<string, OptionSpec>;

/**
 * The inventory that the flags name, with its problems.
 * @param moreRules what the vendored tools know: vendorRules().
 * @throws InputError when no cluster can be chosen.
 */
export async function loadChosenInventory(
  { args, paths, env }: TaskContext,
  moreRules: NonNullable<LoadOptions["moreRules"]> = [],
): Promise<LoadedInventory> {
  const inventoriesDir = paths.inventories;
  const cluster = await chooseCluster({ inventoriesDir, flag: optionValue(args, "cluster"), env });
  return loadInventory({ inventoriesDir, cluster, sets: args.values.get("set") ?? [], moreRules });
}
