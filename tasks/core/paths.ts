/** The folders of the repository and of a cluster. No other file builds these paths. */
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** Absolute paths of the folders of the repository. */
export interface Paths {
  readonly root: string;
  readonly inventories: string;
  readonly build: string;
  readonly vendor: string;
  readonly custom: string;
}

/** The folders below a root. */
export function pathsAt(root: string): Paths {
  return {
    root,
    inventories: join(root, "inventories"),
    build: join(root, "build"),
    vendor: join(root, "vendor"),
    custom: join(root, "custom"),
  };
}

/** Root of the repository of this code: the nearest folder above it with a package.json. */
export function repositoryRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, "package.json"))) {
    const parent = dirname(folder);
    if (parent === folder) throw new Error("package.json not found above the code");
    folder = parent;
  }
  return folder;
}

/** Folders for the generated files of one cluster. */
export interface ClusterFolders {
  /** build/<cluster>/ */
  readonly build: string;
  /** Holds one folder a run. */
  readonly runs: string;
  /** Lock file of a deploy. */
  readonly lock: string;
}

/** @param cluster name of its folder in inventories/ */
export function clusterFolders(paths: Paths, cluster: string): ClusterFolders {
  const build = join(paths.build, cluster);
  return { build, runs: join(build, "runs"), lock: join(build, "lock") };
}

/** File with the output of one phase for later phases. */
export function outputFile({ build }: Pick<ClusterFolders, "build">, name: string): string {
  return join(build, "outputs", `${name}.json`);
}

/** Folder of a tool's rendered inventory, and of files that the tool writes beside it. */
export function toolFolder({ build }: Pick<ClusterFolders, "build">, tool: string): string {
  return join(build, tool);
}
