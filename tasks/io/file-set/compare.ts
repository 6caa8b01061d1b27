/** What writing a file set would change on disk. Reads only. */
import { readlinkSync, realpathSync } from "node:fs";
import { dirname, join, sep } from "node:path";
import { InputError } from "../../core/errors.ts";
import type { FileSet } from "../../core/file-set.ts";
import { readOptional, statOptional } from "../files.ts";
import { checksum, type Manifest, readManifest } from "./manifest.ts";

export interface Change {
  /** Relative to the folder of the file set. */
  readonly path: string;
  readonly kind: "added" | "changed" | "removed" | "unchanged";
  /** What is on disk; absent for added files. */
  readonly before?: string;
  /** What was rendered; absent for removed files. */
  readonly after?: string;
  /** The file on disk is not as we wrote it: it is kept as <path>.orig before it goes. */
  readonly edited: boolean;
  /** Only the permissions differ. */
  readonly modeOnly: boolean;
}

export const DEFAULT_MODE = 0o644;

/**
 * What writing would do. Removed are files that an earlier render wrote and this one does not.
 * @throws InputError for a path that leads out of the folder, or a manifest of another version.
 */
export function compareFileSet(folder: string, files: FileSet): readonly Change[] {
  const manifest = readManifest(folder);
  const changes: Change[] = [];
  for (const [path, { content, mode = DEFAULT_MODE }] of files) {
    const disk = look(folder, path);
    if (disk === undefined) {
      changes.push({ path, kind: "added", after: content, edited: false, modeOnly: false });
      continue;
    }
    const same = !disk.isLink && disk.bytes.equals(Buffer.from(content));
    const kind = same && disk.mode === mode ? "unchanged" : "changed";
    const edited = !same && !isOurs(manifest, path, disk);
    changes.push({
      path,
      kind,
      before: disk.bytes.toString(),
      after: content,
      edited,
      modeOnly: same && kind === "changed",
    });
  }
  for (const path of manifest.known.keys()) {
    if (files.has(path)) continue;
    const disk = look(folder, path);
    if (disk === undefined) continue;
    const edited = !isOurs(manifest, path, disk);
    changes.push({ path, kind: "removed", before: disk.bytes.toString(), edited, modeOnly: false });
  }
  return changes;
}

interface OnDisk {
  readonly bytes: Buffer;
  readonly mode: number;
  readonly isLink: boolean;
}

/** What is on disk at a path of the set, which must not lead out of the folder. */
function look(folder: string, path: string): OnDisk | undefined {
  if (
    path.startsWith("/") ||
    path.includes("\0") ||
    path.split("/").some((part) => part === ".." || part === "")
  ) {
    throw new InputError(`refusing the path ${JSON.stringify(path)}: it leads out of ${folder}`);
  }
  const full = join(folder, path);
  const stats = statOptional(full);
  if (stats === undefined) {
    checkInside(folder, existingParent(folder, path));
    return undefined;
  }
  checkInside(folder, dirname(full));
  if (stats.isDirectory()) {
    throw new InputError(`${full} is a folder; a rendered file needs its name`, {
      remedy: "move that folder away and repeat the command",
    });
  }
  const isLink = stats.isSymbolicLink();
  const bytes = isLink ? Buffer.from(readlinkSync(full)) : (readOptional(full) ?? Buffer.alloc(0));
  return { bytes, mode: stats.mode & 0o777, isLink };
}

function existingParent(folder: string, path: string): string {
  let parent = dirname(join(folder, path));
  while (parent.length > folder.length && statOptional(parent) === undefined) parent = dirname(parent);
  return parent;
}

/** A symbolic link in the path must not lead outside: files are renamed and deleted behind it. */
function checkInside(folder: string, parent: string): void {
  if (statOptional(folder) === undefined || statOptional(parent) === undefined) return;
  const root = realpathSync(folder);
  const real = realpathSync(parent);
  if (real !== root && !real.startsWith(root + sep)) {
    throw new InputError(`${parent} is a symbolic link that leads out of ${folder}`, {
      remedy: "replace the link by a real folder and repeat the command",
    });
  }
}

function isOurs(manifest: Manifest, path: string, disk: OnDisk): boolean {
  return !disk.isLink && (manifest.known.get(path)?.has(checksum(disk.bytes)) ?? false);
}
