/** Lists the clusters, and chooses the one that a command works on. */
import { readdir } from "node:fs/promises";
import { closest } from "../core/closest.ts";
import { InputError } from "../core/errors.ts";

/** Names of all clusters, sorted: the folders, without `_defaults` and hidden ones. @throws InputError without the folder. */
export async function listClusters(inventoriesDir: string): Promise<string[]> {
  try {
    const entries = await readdir(inventoriesDir, { withFileTypes: true });
    return entries
      .filter((entry) => (entry.isDirectory() || entry.isSymbolicLink()) && !/^[._]/.test(entry.name))
      .map(({ name }) => name)
      .sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    throw new InputError(`there is no folder ${inventoriesDir}`, {
      remedy: "change to the folder of the repository, then repeat the command",
    });
  }
}

/** What decides which cluster a command works on. */
export interface ClusterChoice {
  readonly inventoriesDir: string;
  /** Value of --cluster. */
  readonly flag: string | undefined;
  readonly env: NodeJS.ProcessEnv;
}

/** --cluster, else KUBE_MAGIC_CLUSTER, else the only cluster that is not an example. @throws InputError with the choices. */
export async function chooseCluster({ inventoriesDir, flag, env }: ClusterChoice): Promise<string> {
  const clusters = await listClusters(inventoriesDir);
  const wanted = flag ?? (env.KUBE_MAGIC_CLUSTER || undefined);
  const choices = clusters.length === 0 ? "there are none yet" : `choose from: ${clusters.join(", ")}`;
  if (wanted !== undefined) {
    if (clusters.includes(wanted)) return wanted;
    const near = closest(wanted, clusters);
    const source = flag === undefined ? " (from KUBE_MAGIC_CLUSTER)" : "";
    throw new InputError(
      `there is no cluster "${wanted}"${source}${near === undefined ? "" : `, did you mean "${near}"?`}`,
      {
        remedy: `${choices}; a cluster is a folder in ${inventoriesDir}`,
      },
    );
  }
  const own = clusters.filter((name) => !name.startsWith("example"));
  if (own.length === 1 && own[0] !== undefined) return own[0];
  const message =
    own.length === 0 ? "there is no cluster of your own yet" : `there are ${own.length} clusters`;
  throw new InputError(`${message}: say which one with --cluster NAME`, {
    remedy:
      own.length === 0
        ? `make one: cp -r inventories/example inventories/NAME, then edit its files; or ${choices}`
        : choices,
  });
}
