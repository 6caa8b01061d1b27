/**
 * One hash for what a tree holds now, whoever changed it. Files are read once: what their size and times were then is
 * kept in vendor/.cache, and only files whose size or times have changed are read again.
 */
import { createHash } from "node:crypto";
import { lstatSync, mkdirSync, readdirSync, readFileSync, readlinkSync, type Stats } from "node:fs";
import { dirname, join } from "node:path";
import { writeAtomic } from "../../io/files.ts";
import { isCache } from "./tree-state.ts";

/** Raised when the hash is made in another way. */
const FORMAT = 1;

/** Path → what identifies this state of the file, and the hash of its content. */
type Seen = Readonly<Record<string, readonly [state: string, hash: string]>>;

/** Undefined when there is no such folder. git's own files and caches of Python and Ansible do not count. */
export function contentsOf(tree: string, memory: string): string | undefined {
  const before = recall(memory);
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
  if (isNew || count !== Object.keys(before).length) remember(memory, now);
  return hash.digest("hex");
}

/** The time of the last change of any kind cannot be set by hand, unlike that of the content. */
function stateOf({ size, mtimeMs, ctimeMs, ino, mode }: Stats): string {
  return [size, mtimeMs, ctimeMs, ino, mode].join(" ");
}

function hashOf(path: string, stats: Stats): string | undefined {
  try {
    const content = stats.isSymbolicLink() ? readlinkSync(path) : readFileSync(path);
    const kind = stats.isSymbolicLink() ? "link" : (stats.mode & 0o100) !== 0 ? "program" : "file";
    return createHash("sha256").update(`${kind}\0`).update(content).digest("base64url").slice(0, 22);
  } catch {
    return undefined; // Gone in between.
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

function recall(memory: string): Seen {
  try {
    const { format, files } = JSON.parse(readFileSync(memory, "utf8")) as { format: number; files: Seen };
    return format === FORMAT ? files : {};
  } catch {
    return {}; // Not there yet, or torn: everything is read.
  }
}

/** A memory that cannot be written costs time, nothing else. */
function remember(memory: string, files: Seen): void {
  try {
    mkdirSync(dirname(memory), { recursive: true });
    writeAtomic(memory, JSON.stringify({ format: FORMAT, files }));
  } catch {
    return;
  }
}
