/**
 * The gate for files that we write: atomic (a reader sees the old or the new text, never half), durable, with the mode
 * set before the content is in place. Failures of the machine become errors that name the path and the way out.
 */
import {
  chmodSync,
  closeSync,
  fchmodSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  type Stats,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { GateError } from "../core/errors.ts";

export interface FileToWrite {
  readonly path: string;
  readonly content: string;
  readonly mode: number;
}

/** Creates or replaces one file. @throws GateError when the disk is full or the place not writable. */
export function writeAtomic(path: string, content: string, mode = 0o644): void {
  onDisk(path, () => {
    mkdirSync(dirname(path), { recursive: true });
    const temporary = join(dirname(path), `.${basename(path)}.${process.pid}.tmp`);
    try {
      writeDurable(temporary, content, mode);
      renameSync(temporary, path);
    } catch (error) {
      rmSync(temporary, { force: true });
      throw error;
    }
  });
  syncFolder(dirname(path));
}

/** As writeAtomic, but leaves a file alone that already says this; true when it wrote. */
export function writeIfChanged(path: string, content: string, mode = 0o644): boolean {
  const current = readOptional(path);
  if (current?.equals(Buffer.from(content)) && permissions(path) === mode) return false;
  writeAtomic(path, content, mode);
  return true;
}

/**
 * Writes all of them, or none: every text is on the disk before the first one takes its place, so a full disk changes
 * nothing. `staging` is a folder of its own on the same file system; it is removed in the end.
 */
export function writeAllAtomic(
  files: readonly FileToWrite[],
  staging: string,
  beforeEach?: (path: string) => void,
): void {
  try {
    onDisk(staging, () => mkdirSync(staging, { recursive: true, mode: 0o700 }));
    files.forEach(({ path, content, mode }, index) => {
      onDisk(path, () => writeDurable(join(staging, String(index)), content, mode));
    });
    files.forEach(({ path }) => {
      onDisk(path, () => mkdirSync(dirname(path), { recursive: true }));
    });
    files.forEach(({ path }, index) => {
      onDisk(path, () => {
        beforeEach?.(path);
        renameSync(join(staging, String(index)), path);
      });
    });
  } finally {
    rmSync(staging, { recursive: true, force: true });
  }
  for (const folder of new Set(files.map(({ path }) => dirname(path)))) syncFolder(folder);
}

/** A folder that only its owner can enter, for credentials. */
export function ensurePrivateFolder(path: string): void {
  onDisk(path, () => {
    mkdirSync(dirname(path), { recursive: true });
    if (statOptional(path) === undefined) mkdirSync(path, { mode: 0o700 });
    if ((lstatSync(path).mode & 0o777) !== 0o700) chmodSync(path, 0o700);
  });
}

/** The bytes of a file, or undefined when there is none. */
export function readOptional(path: string): Buffer | undefined {
  return onDisk(path, () => (statOptional(path) === undefined ? undefined : readFileSync(path)), "read");
}

/** What is at a path, not following a symbolic link; undefined when there is nothing. */
export function statOptional(path: string): Stats | undefined {
  return onDisk(
    path,
    () => {
      try {
        return lstatSync(path, { throwIfNoEntry: false });
      } catch (error) {
        // A file where a folder should be: nothing can be below it.
        if ((error as NodeJS.ErrnoException).code === "ENOTDIR") return undefined;
        throw error;
      }
    },
    "read",
  );
}

export function permissions(path: string): number | undefined {
  const stats = statOptional(path);
  return stats === undefined ? undefined : stats.mode & 0o777;
}

/** Runs a file operation; what the machine refuses becomes a GateError, anything else stays what it is. */
export function onDisk<Result>(
  path: string,
  operation: () => Result,
  verb: "read" | "write" = "write",
): Result {
  try {
    return operation();
  } catch (error) {
    const [what, remedy] = REFUSALS[(error as NodeJS.ErrnoException).code ?? ""] ?? [];
    if (what === undefined || remedy === undefined) throw error;
    throw new GateError(`cannot ${verb} ${path}: ${what}`, { remedy, cause: error });
  }
}

const NO_PERMISSION = ["permission denied", "give your user access to it, or run as its owner"] as const;
const REFUSALS: Readonly<Record<string, readonly [what: string, remedy: string]>> = {
  ENOSPC: ["no space left on the disk", "free some space and repeat the command; nothing was changed"],
  EDQUOT: ["your disk quota is used up", "free some space and repeat the command; nothing was changed"],
  EACCES: NO_PERMISSION,
  EPERM: NO_PERMISSION,
  EROFS: ["the file system is read-only", "remount it writable, or work in another copy of the repository"],
  EISDIR: ["a folder has its name", "move that folder away and repeat the command"],
  ENOTDIR: ["a folder above it is a file", "move that file away and repeat the command"],
  EEXIST: ["a folder above it is a file", "move that file away and repeat the command"],
};

function writeDurable(path: string, content: string, mode: number): void {
  const file = openSync(path, "w", 0o600);
  try {
    writeFileSync(file, content);
    fchmodSync(file, mode);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** Makes a rename survive a power cut, where the file system can. */
function syncFolder(path: string): void {
  try {
    const folder = openSync(path, "r");
    try {
      fsyncSync(folder);
    } finally {
      closeSync(folder);
    }
  } catch {
    // Not every file system can sync a folder; the rename itself has been done.
  }
}
