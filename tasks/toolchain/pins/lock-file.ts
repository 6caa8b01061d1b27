/**
 * vendor/vendor.lock.yml: exactly what init installed. It contains nothing of this machine, so a site commits it: another
 * controller then installs the same, and vendor:verify reports any difference.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import type { Value } from "../../core/value.ts";
import { toYaml } from "../../core/yaml-text.ts";
import { writeIfChanged } from "../../io/files.ts";
import { readChecked } from "../../io/yaml/checked-file.ts";
import { vendorFile } from "../vendor-file.ts";

/** One source as it was installed. */
export interface LockedSource {
  readonly version: string;
  /** Chosen with --ref: init keeps the version when the default of vendor.yml changes. */
  readonly selected: boolean;
  readonly commit: string;
  /** git's hash of the whole content, patches applied. */
  readonly tree: string;
  /** Applied patches by file name, in the order of application. */
  readonly patches: readonly string[];
  /** Hash of all patch files of the source, applied or not: shows when one was changed. */
  readonly patchSet: string;
  /** Files that the patches changed, created or deleted → sha256 of the content; only zeros for a deleted file. */
  readonly files: Readonly<Record<string, string>>;
  /** Hash of the pinned requirements of the tool's Ansible. */
  readonly ansible?: string;
}

/** Source → what was installed. */
export type VendorLock = ReadonlyMap<string, LockedSource>;

const hex = (digits: number) =>
  z.string().regex(new RegExp(`^[0-9a-f]{${digits}}$`), `${digits} hexadecimal digits`);

const lockedSchema = z.strictObject({
  version: z.string(),
  selected: z.boolean().default(false),
  commit: hex(40),
  tree: hex(40),
  patches: z.array(z.string()).default([]),
  patchSet: hex(12),
  files: z.record(z.string(), hex(64)).default({}),
  ansible: hex(12).optional(),
});

const lockSchema = z.strictObject({ version: z.literal(1), sources: z.record(z.string(), lockedSchema) });

const HEADER = `# Written by npm run init: what it installed in vendor/. Commit it (git add --force), so that other controllers install the same.
`;

/** Path of the lock file. */
export function lockPath(vendorFolder: string): string {
  return join(vendorFolder, "vendor.lock.yml");
}

/** Reads the lock file; empty when there is none yet. @throws InputError when the file was damaged by an edit or a merge. */
export function readLock(vendorFolder: string): VendorLock {
  const path = lockPath(vendorFolder);
  if (!existsSync(path)) return new Map();
  const file = vendorFile(
    "vendor/vendor.lock.yml",
    "what init installed; to write it again: rm vendor/vendor.lock.yml && npm run init",
    (at) => (at.length === 2 ? Object.keys(lockedSchema.shape) : ["version", "sources"]),
  );
  const { sources } = readChecked(path, file, lockSchema);
  return new Map(
    Object.entries(sources).map(([name, { ansible, ...entry }]): [string, LockedSource] => [
      name,
      { ...entry, ...(ansible === undefined ? {} : { ansible }) },
    ]),
  );
}

/** Writes the lock file. @returns true when its content changed. */
export function writeLock(vendorFolder: string, lock: VendorLock): boolean {
  const sources = Object.fromEntries(
    [...lock].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, entry]) => [name, toValue(entry)]),
  );
  return writeIfChanged(lockPath(vendorFolder), HEADER + toYaml({ version: 1, sources }));
}

function toValue({
  version,
  selected,
  commit,
  tree,
  patches,
  patchSet,
  files,
  ansible,
}: LockedSource): Value {
  return {
    version,
    ...(selected ? { selected } : {}),
    commit,
    tree,
    patches,
    patchSet,
    files: Object.fromEntries(Object.entries(files).sort(([a], [b]) => (a < b ? -1 : 1))),
    ...(ansible === undefined ? {} : { ansible }),
  };
}
