/** Loads the inventory of the cluster that the user chose. */
import type { Session } from "../core/session.ts";
import { chooseCluster } from "./clusters.ts";
import { type LoadedInventory, type LoadOptions, loadInventory } from "./load.ts";

/**
 * The inventory, with its problems.
 * @param moreRules rules of the installed tools: toolRules()
 * @throws InputError when no cluster can be chosen.
 */
export async function loadChosenInventory(
  { paths, env, choice }: Pick<Session, "paths" | "env" | "choice">,
  moreRules: NonNullable<LoadOptions["moreRules"]> = [],
): Promise<LoadedInventory> {
  const inventoriesDir = paths.inventories;
  const cluster = await chooseCluster({ inventoriesDir, flag: choice.name, env });
  return loadInventory({ inventoriesDir, cluster, sets: choice.sets, moreRules });
}
