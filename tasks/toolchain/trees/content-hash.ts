/**
 * One hash of all files of a tree as they are now, with local changes. vendor/.cache keeps the size and the times of each
 * file, and only files for which these have changed are read again.
 */
import { createHash } from "node:crypto";
import { lstatSync, mkdirSync, readdirSync, readFileSync, readlinkSync, type Stats } from "node:fs";
import { dirname, join } from "node:path";
import { writeAtomic } from "../../io/files.ts";
import { isCache } from "./tree-state.ts";

/** Raise it when the hash is computed in another way. */
const FORMAT = 1;

/** Path → what identifies this state of the file, and the hash of its content. */
type Seen = Readonly<Record<string, readonly [state: string, hash: string]>>;

/**
 * The hash; undefined when the folder does not exist or is empty. git's own files and caches do not count.
 * @param cacheFile JSON file for the sizes, times and hashes of the files
 */
export function treeContentHash(tree: string, cacheFile: string): string | undefined {
  const before = readCache(cacheFile);
  const now: Record<string, readonly [state: string, hash: string]> = {};
  const hash = createHash("sha256");
  let isNew = false;
  for (const path of filesOf(tree)) {
    const stats = lstatSync(join(tree, path), { throwIfNoEntry: false });
    if (stats === undefined) continue;
    const state = stateOf(stats);
    const known = before[path];
    const own = known?.[0] === state ? known[1] : hashOf(join(tree, path), stats);
    if (own === undefined) continue;
    if (own !== known?.[1] || known[0] !== state) isNew = true;
    now[path] = [state, own];
    hash.update(`${path}\0${own}\0`);
  }
  const count = Object.keys(now).length;
  if (count === 0) return undefined;
  if (isNew || count !== Object.keys(before).length) writeCache(cacheFile, now);
  return hash.digest("hex");
}

/** ctime is part of it, because unlike mtime it cannot be set by hand. */
function stateOf({ size, mtimeMs, ctimeMs, ino, mode }: Stats): string {
  return [size, mtimeMs, ctimeMs, ino, mode].join(" ");
}

function hashOf(path: string, stats: Stats): string | undefined {
  try {
    const content = stats.isSymbolicLink() ? readlinkSync(path) : readFileSync(path);
    const kind = stats.isSymbolicLink() ? "link" : (stats.mode & 0o100) !== 0 ? "program" : "file";
    return createHash("sha256").update(`${kind}\0`).update(content).digest("base64url").slice(0, 22);
  } catch {
    return undefined; // Deleted since the folder was listed.
  }
}

function* filesOf(tree: string, below = ""): Generator<string> {
  let entries: ReturnType<typeof entriesOf>;
  try {
    entries = entriesOf(join(tree, below));
  } catch {
    return;
  }
  for (const entry of entries) {
    const path = below === "" ? entry.name : `${below}/${entry.name}`;
    if (path === ".git" || isCache(path)) continue;
    if (entry.isDirectory()) yield* filesOf(tree, path);
    else if (entry.isFile() || entry.isSymbolicLink()) yield path;
  }
}

function entriesOf(folder: string) {
  return readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
}

function readCache(cacheFile: string): Seen {
  try {
    const { format, files } = JSON.parse(readFileSync(cacheFile, "utf8")) as { format: number; files: Seen };
    return format === FORMAT ? files : {};
  } catch {
    return {}; // Missing or damaged: every file is read.
  }
}

/** A cache that cannot be written only costs time. */
function writeCache(cacheFile: string, files: Seen): void {
  try {
    mkdirSync(dirname(cacheFile), { recursive: true });
    writeAtomic(cacheFile, JSON.stringify({ format: FORMAT, files }));
  } catch {
    return;
  }
}
