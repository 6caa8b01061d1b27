/** A tree as it is on the disk: its commit, and its local changes. */
import { createHash } from "node:crypto";
import { existsSync, lstatSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { type ChangedFile, GitFailure, type GitOptions, openGit } from "../../io/git.ts";

/** A file that differs from the commit and from what our patches made of it. */
export interface LocalChange {
  readonly path: string;
  readonly kind: "modified" | "added" | "missing";
}

/** `foreign` is a folder that is not a complete clone; its `files` would be lost if it were replaced. */
export type TreeState =
  | { readonly kind: "absent" }
  | { readonly kind: "foreign"; readonly files: readonly string[] }
  | { readonly kind: "present"; readonly commit: string; readonly changes: readonly LocalChange[] };

/** Caches of Python and Ansible, and retry files: not a change that anyone made. */
const CACHES = /(?:^|\/)(?:__pycache__|\.ansible|\.cache|\.pytest_cache)(?:\/|$)|\.py[co]$|\.retry$/;

/** True for a path below a cache folder, and for a compiled Python file. */
export function isCache(path: string): boolean {
  return CACHES.test(path);
}

/**
 * Reads the state of a tree; changes nothing.
 * @param known path → hashes of contents that our patches make of the file; these are no local changes.
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
    if (!existsSync(join(folder, ".git"))) return foreignFolder(folder);
    commit = await git.head();
    changed = await git.changes();
  } catch (error) {
    if (error instanceof GitFailure && options.signal?.aborted !== true) return foreignFolder(folder);
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
    // A file that a patch created is unknown to git, so git does not report it as missing.
    if (hashes.has(ABSENT) || existsSync(join(folder, path))) continue;
    if (!changes.some((change) => change.path === path)) changes.push({ path, kind: "missing" });
  }
  return { kind: "present", commit, changes };
}

/** The "hash" of a file that does not exist. */
export const ABSENT = "absent";

/** sha256 of a file's content, or of a link's target; undefined when there is no such file. */
export function fileHash(path: string): string | undefined {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (stats === undefined || stats.isDirectory()) return undefined;
  return contentHash(stats.isSymbolicLink() ? readlinkSync(path) : readFileSync(path));
}

/** sha256 in hexadecimal digits. */
export function contentHash(content: string | Uint8Array): string {
  return createHash("sha256").update(content).digest("hex");
}

/** An interrupted clone has a .git without a commit, and no other file. */
function foreignFolder(folder: string): TreeState {
  return { kind: "foreign", files: readdirSync(folder).filter((name) => name !== ".git") };
}
