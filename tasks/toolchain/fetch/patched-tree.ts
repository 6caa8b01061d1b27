/** The files that patches change in a tree: written, recognised later, and part of one hash of the whole tree. */
import { existsSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { onDisk, writeAtomic } from "../../io/files.ts";
import { type Git, openGit } from "../../io/git.ts";
import type { PatchPlan } from "../patches/plan.ts";
import type { LockedSource } from "../pins/lock-file.ts";
import { ABSENT, contentHash, fileHash, type LocalChange } from "../trees/tree-state.ts";

/** In the lock file, the hash of a file that a patch deleted. */
const DELETED = "0".repeat(64);

/** Path → sha256 of what the patches make of the file, as the lock file records it. */
export function patchedHashes(plan: PatchPlan): Readonly<Record<string, string>> {
  return Object.fromEntries(
    [...plan.files].map(([path, { content }]) => [
      path,
      content === undefined ? DELETED : contentHash(content),
    ]),
  );
}

/** Path → hashes of contents that our patches made, from the lock file. Any other content is a local change. */
export function contentsFromPatches(
  locked: LockedSource | undefined,
): ReadonlyMap<string, ReadonlySet<string>> {
  return new Map(
    Object.entries(locked?.files ?? {}).map(([path, hash]) => [
      path,
      new Set([hash === DELETED ? ABSENT : hash]),
    ]),
  );
}

/** Writes what the patches make of files. Restores what an earlier set of patches changed, and files that are missing. */
export async function writePatchedFiles(
  folder: string,
  plan: PatchPlan,
  locked: LockedSource | undefined,
  git: Git,
): Promise<void> {
  // A killed git leaves this lock. We hold the init lock, so no git of ours runs in this tree now.
  rmSync(join(folder, ".git", "index.lock"), { force: true });
  const missing = (await git.changes()).filter(({ kind }) => kind === "deleted").map(({ path }) => path);
  const toRestore = new Set([...Object.keys(locked?.files ?? {}), ...missing]);
  const committed = toRestore.size === 0 ? new Set() : new Set(await git.files());
  for (const path of toRestore) {
    if (plan.files.has(path)) continue;
    if (committed.has(path)) await git.restore(path);
    else rmSync(join(folder, path), { force: true });
  }
  for (const [path, { content, executable }] of plan.files) {
    const target = join(folder, path);
    if (content === undefined) rmSync(target, { force: true });
    else if (fileHash(target) !== contentHash(content))
      writeAtomic(target, content, executable ? 0o755 : 0o644);
  }
}

/**
 * git's hash of the whole tree, read from the disk.
 * @param added files that patches created, which git does not list
 * @param scratch folder for a temporary index
 */
export async function treeHash(
  folder: string,
  added: readonly string[],
  { env, scratch }: { readonly env: NodeJS.ProcessEnv; readonly scratch: string },
): Promise<string> {
  onDisk(scratch, () => mkdirSync(scratch, { recursive: true }));
  const index = join(scratch, `index.${process.pid}.${contentHash(folder).slice(0, 8)}`);
  try {
    const present = added.filter((path) => existsSync(join(folder, path)));
    return await openGit(folder, { env, index }).contentHash(present);
  } finally {
    rmSync(index, { force: true });
  }
}

/** The changes without those of a killed init: files that already have the patched content, or still the committed one. */
export async function withoutOwnChanges(
  folder: string,
  changes: readonly LocalChange[],
  plan: PatchPlan,
  git: Git,
): Promise<readonly LocalChange[]> {
  const own = await Promise.all(
    changes.map(async ({ path, kind }) => {
      if (kind === "missing") return true;
      const hash = fileHash(join(folder, path));
      const patched = plan.files.get(path)?.content;
      const committed = await git.committed(path);
      return [patched, committed?.content].some(
        (content) => content !== undefined && contentHash(content) === hash,
      );
    }),
  );
  return changes.filter((_, index) => own[index] !== true);
}
