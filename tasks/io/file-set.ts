/**
 * The one writer of rendered files. Compares first, acts after; a manifest beside the files remembers what we wrote, so
 * that only our own, unedited files are ever removed, and whatever a tool leaves beside its inventory stays.
 */
import { readdirSync, renameSync, rmdirSync, rmSync, unlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import type { FileSet } from "../core/file-set.ts";
import { type Change, compareFileSet, DEFAULT_MODE } from "./file-set/compare.ts";
import { MANIFEST, manifestText, readManifest } from "./file-set/manifest.ts";
import { ensurePrivateFolder, onDisk, readOptional, statOptional, writeAllAtomic } from "./files.ts";

/** Result of a write: what happened, and where edited files were saved. */
export interface Written {
  readonly changes: readonly Change[];
  /** Path of an edited file → the name it was kept under. */
  readonly saved: ReadonlyMap<string, string>;
}

/**
 * Makes the folder as rendered. Nothing is touched when nothing changed; on a full disk nothing has changed.
 * @param privateFolders made 0700 beside the files, for what a tool leaves there.
 * @throws GateError when the machine refuses, InputError as compareFileSet.
 */
export function writeFileSet(
  folder: string,
  files: FileSet,
  privateFolders: readonly string[] = [],
): Written {
  const changes = compareFileSet(folder, files);
  const saved = new Map<string, string>();
  if (files.size > 0) for (const name of privateFolders) ensurePrivateFolder(join(folder, name));
  removeStaleStaging(folder);
  const due = changes.filter(({ kind }) => kind === "added" || kind === "changed");
  const gone = changes.filter(({ kind }) => kind === "removed");
  const next = manifestText(files);
  if (
    due.length + gone.length === 0 &&
    (files.size === 0 || readOptional(join(folder, MANIFEST))?.toString() === next)
  ) {
    return { changes, saved };
  }
  const save = (path: string) => {
    const name = freeName(folder, path);
    renameSync(join(folder, path), join(folder, name));
    saved.set(path, name);
  };
  const byPath = new Map(due.map((change) => [join(folder, change.path), change]));
  // First a manifest that knows both the old and the new texts: killed at any point, no file of ours looks edited.
  writeManifest(folder, manifestText(files, readManifest(folder)));
  writeAllAtomic(
    due.map(({ path, after = "" }) => ({
      path: join(folder, path),
      content: after,
      mode: files.get(path)?.mode ?? DEFAULT_MODE,
    })),
    stagingIn(folder),
    (path) => {
      const change = byPath.get(path);
      if (change?.edited) save(change.path);
    },
  );
  for (const { path, edited } of gone) {
    onDisk(join(folder, path), () => {
      if (edited) save(path);
      else unlinkSync(join(folder, path));
      removeEmptyFolders(folder, dirname(path));
    });
  }
  if (files.size > 0) writeManifest(folder, next);
  else onDisk(folder, () => unlinkSync(join(folder, MANIFEST)));
  return { changes, saved };
}

/** `<path>.orig`, or `.orig.2` and so on: Ansible reads none of these endings, and no saved file is overwritten. */
function freeName(folder: string, path: string): string {
  for (let number = 1; ; number++) {
    const name = `${path}.orig${number === 1 ? "" : `.${number}`}`;
    if (statOptional(join(folder, name)) === undefined) return name;
  }
}

function writeManifest(folder: string, content: string): void {
  writeAllAtomic([{ path: join(folder, MANIFEST), content, mode: DEFAULT_MODE }], stagingIn(folder));
}

const STAGING = ".staging-";

function stagingIn(folder: string): string {
  return join(folder, `${STAGING}${process.pid}`);
}

/** A render that was killed leaves its staging folder; it goes when its process is gone. */
function removeStaleStaging(folder: string): void {
  if (statOptional(folder) === undefined) return;
  for (const name of readdirSync(folder)) {
    if (name.startsWith(STAGING) && !isAlive(Number(name.slice(STAGING.length))))
      rmSync(join(folder, name), { recursive: true, force: true });
  }
}

function removeEmptyFolders(folder: string, below: string): void {
  for (let path = below; path !== "."; path = dirname(path)) {
    const full = join(folder, path);
    if (statOptional(full) === undefined) continue;
    if (readdirSync(full).length > 0) return;
    rmdirSync(full);
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
