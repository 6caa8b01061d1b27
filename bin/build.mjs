// Bundles the sources into dist/, so that commands start in a fraction of a second. Runs on install, and by
// itself from bin/kube-magic.mjs whenever a source is newer than the bundle: there is no stale build.
import { mkdirSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const dist = join(root, "dist");

/** Newest modification among the sources and what decides their dependencies, in ms since the epoch. */
function newestSource(folder) {
  let newest = statSync(folder).mtimeMs;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    const time = entry.isDirectory() ? newestSource(path) : statSync(path).mtimeMs;
    if (time > newest) newest = time;
  }
  return newest;
}

/** True when dist/ was built after the last change of any source. */
export function isFresh() {
  const built = statSync(join(dist, "main.js"), { throwIfNoEntry: false });
  const lock = statSync(join(root, "package-lock.json"), { throwIfNoEntry: false });
  return (
    built !== undefined && built.mtimeMs >= Math.max(newestSource(join(root, "tasks")), lock?.mtimeMs ?? 0)
  );
}

/** Builds beside dist/ and renames, so that a running command never reads an incomplete bundle. */
export async function build() {
  const { build: bundle } = await import("esbuild");
  const fresh = `${dist}.${process.pid}`;
  rmSync(fresh, { recursive: true, force: true });
  mkdirSync(fresh);
  await bundle({
    entryPoints: [join(root, "tasks/main/main.ts")],
    outdir: fresh,
    bundle: true,
    splitting: true,
    platform: "node",
    format: "esm",
    target: "node20.19",
    minifySyntax: true,
    logLevel: "warning",
    banner: {
      js: 'import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);',
    },
  });
  rmSync(dist, { recursive: true, force: true });
  try {
    renameSync(fresh, dist);
  } catch (error) {
    // Another command built the same sources at the same time, and was first.
    if (!["ENOTEMPTY", "EEXIST"].includes(error.code)) throw error;
    rmSync(fresh, { recursive: true });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url) && (process.argv.includes("--force") || !isFresh())) {
  await build();
}
