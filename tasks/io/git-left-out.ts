/**
 * Files of a commit that are left off the disk. git's own sparse checkout does it: `git status` and `git diff` in such a
 * folder respect it, and `git sparse-checkout disable` restores all of them from the repository's store.
 */
import { existsSync, lstatSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

export type RunGit = (args: readonly string[]) => Promise<string>;

function patternFile(folder: string): string {
  return join(folder, ".git", "info", "sparse-checkout");
}

/** For the next checkout: everything but these files and folders. */
export function leaveOut(folder: string, paths: readonly string[]): void {
  const file = patternFile(folder);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, ["/*", ...paths.map((path) => `!/${path}`), ""].join("\n"));
}

function leftOut(folder: string): readonly string[] {
  const file = patternFile(folder);
  if (!existsSync(file)) return [];
  return readFileSync(file, "utf8")
    .split("\n")
    .flatMap((line) => (line.startsWith("!/") ? [line.slice(2).replace(/\/$/, "")] : []));
}

/** Files that the last checkout left out, and that do not exist. */
export async function absentLeftOut(run: RunGit, folder: string): Promise<readonly string[]> {
  if (leftOut(folder).length === 0) return [];
  return (await skipped(run)).filter((path) => !isThere(join(folder, path)));
}

/** Files that the last checkout left out, and that exist; asks git only when some may. */
export async function presentLeftOut(run: RunGit, folder: string): Promise<readonly string[]> {
  if (!leftOut(folder).some((path) => isThere(join(folder, path)))) return [];
  return (await skipped(run)).filter((path) => isThere(join(folder, path)));
}

async function skipped(run: RunGit): Promise<readonly string[]> {
  const out = await run(["ls-files", "-t", "-z"]);
  return out.split("\0").flatMap((entry) => (entry.startsWith("S ") ? [entry.slice(2)] : []));
}

function isThere(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}
