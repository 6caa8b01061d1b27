/**
 * Where things live, relative to the repository's root. The only file that knows.
 */
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export interface Paths {
  readonly root: string;
  readonly inventories: string;
  readonly build: string;
  readonly vendor: string;
  readonly custom: string;
}

/** Paths below a given root. */
export function pathsAt(root: string): Paths {
  return {
    root,
    inventories: join(root, "inventories"),
    build: join(root, "build"),
    vendor: join(root, "vendor"),
    custom: join(root, "custom"),
  };
}

/** The repository that this code belongs to: the nearest folder above it with a package.json. */
export function repositoryRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, "package.json"))) {
    const parent = dirname(folder);
    if (parent === folder) throw new Error("package.json not found above the code");
    folder = parent;
  }
  return folder;
}

/** Where one cluster's generated things live; a cluster is known by the name of its folder. */
export interface ClusterFolders {
  /** build/<cluster>/ */
  readonly build: string;
  /** One folder a run. */
  readonly runs: string;
  /** Held while a deploy runs. */
  readonly lock: string;
}

export function clusterFolders(paths: Paths, cluster: string): ClusterFolders {
  const build = join(paths.build, cluster);
  return { build, runs: join(build, "runs"), lock: join(build, "lock") };
}

/** What one phase hands to later ones. */
export function outputFile({ build }: Pick<ClusterFolders, "build">, name: string): string {
  return join(build, "outputs", `${name}.json`);
}

/** Where a tool's rendered inventory lives, and what the tool leaves beside it. */
export function toolFolder({ build }: Pick<ClusterFolders, "build">, tool: string): string {
  return join(build, tool);
}
