/** The record of what we wrote into a folder: path → SHA-256 of the text, so that an edit by hand is noticed. */
import { createHash } from "node:crypto";
import { join } from "node:path";
import { InputError } from "../../core/errors.ts";
import type { FileSet } from "../../core/file-set.ts";
import { readOptional } from "../files.ts";

export const MANIFEST = ".manifest.json";
const VERSION = 1;

export interface Manifest {
  /** Relative path → checksums of texts that are ours; more than one only after an interrupted write. */
  readonly known: ReadonlyMap<string, ReadonlySet<string>>;
}

/** Hex SHA-256 of a text as it is on disk. */
export function checksum(bytes: Buffer | string): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** @throws InputError when the manifest is damaged or of another version of kube-magic. */
export function readManifest(folder: string): Manifest {
  const path = join(folder, MANIFEST);
  const bytes = readOptional(path);
  if (bytes === undefined) return { known: new Map() };
  const { version, files } = parse(path, bytes.toString());
  if (version !== VERSION) {
    throw new InputError(`${path} has version ${version}, this kube-magic writes version ${VERSION}`, {
      remedy: `use the kube-magic that wrote it, or remove ${folder} and render again`,
    });
  }
  return { known: new Map(Object.entries(files).map(([name, sums]) => [name, new Set(sums)])) };
}

/** Text of the manifest for a file set, with what an earlier one knew while a write is under way. */
export function manifestText(files: FileSet, earlier?: Manifest): string {
  const sums = new Map<string, string[]>();
  for (const [path, known] of earlier?.known ?? []) sums.set(path, [...known]);
  for (const [path, { content }] of files) {
    sums.set(path, [...new Set([...(sums.get(path) ?? []), checksum(content)])]);
  }
  return `${JSON.stringify({ version: VERSION, files: Object.fromEntries(sums) }, null, 2)}\n`;
}

interface Stored {
  readonly version: number;
  readonly files: Readonly<Record<string, readonly string[]>>;
}

function parse(path: string, text: string): Stored {
  try {
    const stored: unknown = JSON.parse(text);
    if (isStored(stored)) return stored;
  } catch {
    // Not JSON: damaged as well.
  }
  throw new InputError(`${path} is damaged`, {
    remedy: "remove it and render again; files that are no longer rendered then stay until you remove them",
  });
}

function isStored(value: unknown): value is Stored {
  if (typeof value !== "object" || value === null) return false;
  const { version, files } = value as Partial<Stored>;
  if (typeof version !== "number" || typeof files !== "object" || files === null) return false;
  return Object.values(files).every(
    (sums) => Array.isArray(sums) && sums.every((sum) => typeof sum === "string"),
  );
}
