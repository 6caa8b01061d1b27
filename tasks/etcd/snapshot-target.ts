/** Where a snapshot is kept on this machine. */
import { dirname, resolve } from "node:path";
import { InputError } from "../core/errors.ts";
import { statOptional } from "../io/files.ts";

/** A folder to make a file in, or the file itself. */
export interface SnapshotTarget {
  readonly folder: string;
  readonly file?: string;
}

/**
 * @param given a file or a folder; absent: build/<cluster>/etcd-snapshots/
 * @throws InputError for a file that exists already
 */
export function snapshotTarget(given: string | undefined, build: string): SnapshotTarget {
  if (given === undefined) return { folder: `${build}/etcd-snapshots` };
  const path = resolve(given);
  const existing = statOptional(path);
  if (existing?.isDirectory()) return { folder: path };
  if (existing !== undefined)
    throw new InputError(`${path} exists already`, { remedy: "name another file, or a folder" });
  return { folder: dirname(path), file: path };
}
