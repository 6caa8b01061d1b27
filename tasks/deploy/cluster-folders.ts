/** Where one cluster's generated things live; needs no valid inventory. */
import { join } from "node:path";
import type { Paths } from "../core/paths.ts";

export interface ClusterFolders {
  /** build/<cluster>/ */
  readonly build: string;
  /** One folder a run. */
  readonly runs: string;
}

export function clusterFolders(paths: Paths, cluster: string): ClusterFolders {
  const build = join(paths.build, cluster);
  return { build, runs: join(build, "runs") };
}
