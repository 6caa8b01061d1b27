/** A vendored tree as it is on the disk: which commit, and what somebody changed in it. */
import { createHash } from "node:crypto";
import { existsSync, lstatSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { type ChangedFile, GitFailure, type GitOptions, openGit } from "../../io/git.ts";

export interface LocalChange {
  readonly path: string;
  readonly kind: "modified" | "added" | "missing";
}

export type TreeState =
  | { readonly kind: "absent" }
  /** A folder that is no complete clone; `files`: something in it could be lost. */
  | { readonly kind: "foreign"; readonly files: readonly string[] }
  | { readonly kind: "present"; readonly commit: string; readonly changes: readonly LocalChange[] };

/** Left behind by running Python and Ansible: nobody's work. */
const CACHES = /(?:^|\/)(?:__pycache__|\.ansible|\.cache|\.pytest_cache)(?:\/|$)|\.py[co]$|\.retry$/;

export function isCache(path: string): boolean {
  return CACHES.test(path);
}

/**
 * Looks, changes nothing.
 * @param known path → hashes of contents that are ours: what patches make of the file.
 */
export async function inspectTree(
  folder: string,
  known: ReadonlyMap<string, ReadonlySet<string>>,
  options: GitOptions,
): Promise<TreeState> {
  if (!existsSync(folder)) return { kind: "absent" };
  const git = openGit(folder, options);
  let commit: string;
  let changed: readonly ChangedFile[];
  try {
    if (!existsSync(join(folder, ".git"))) return foreign(folder);
    commit = await git.head();
    changed = await git.changes();
  } catch (error) {
    if (error instanceof GitFailure && options.signal?.aborted !== true) return foreign(folder);
    throw error;
  }
  const changes = changed.flatMap((change): LocalChange[] => {
    const { path } = change;
    if (change.kind === "deleted") return known.get(path)?.has(ABSENT) ? [] : [{ path, kind: "missing" }];
    if (isCache(path)) return [];
    if (known.get(path)?.has(fileHash(join(folder, path)) ?? "")) return [];
    return [{ path, kind: change.kind === "modified" ? "modified" : "added" }];
  });
  for (const [path, hashes] of known) {
    // git does not miss a file that it never knew: one that a patch made.
    if (hashes.has(ABSENT) || existsSync(join(folder, path))) continue;
    if (!changes.some((change) => change.path === path)) changes.push({ path, kind: "missing" });
  }
  return { kind: "present", commit, changes };
}

/** Stands for the hash of a file that is not there. */
export const ABSENT = "absent";

/** sha256 of a file's content, of a link's target; undefined when there is none. */
export function fileHash(path: string): string | undefined {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (stats === undefined || stats.isDirectory()) return undefined;
  return contentHash(stats.isSymbolicLink() ? readlinkSync(path) : readFileSync(path));
}

export function contentHash(content: string | Uint8Array): string {
  return createHash("sha256").update(content).digest("hex");
}

/** An interrupted clone has a .git without a commit and no files; anything else may be somebody's work. */
function foreign(folder: string): TreeState {
  return { kind: "foreign", files: readdirSync(folder).filter((name) => name !== ".git") };
}
