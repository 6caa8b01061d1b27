/** Where built programs are kept: content by its sha256, compressed, and a record for each thing that is done. */
import { createHash } from "node:crypto";
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { onDisk, writeAtomic } from "../../io/files.ts";
import type { Blob, Layer } from "./oci.ts";

export interface StorePlaces {
  readonly root: string;
  /** `<sha256 of the unpacked content>.zst` */
  readonly files: string;
  /** An OCI image layout. */
  readonly images: string;
  /** Content of the layout, by its sha256. */
  readonly imageBlobs: string;
  readonly records: string;
  /** Of the build that runs; emptied by the next one. */
  readonly work: string;
  readonly manifest: string;
}

/** Below the lab's cache folder, /var/cache/kube-magic unless KUBE_MAGIC_CACHE_DIR moves it. */
export function storePlaces(cache: string): StorePlaces {
  const root = join(cache, "kubernetes-programs");
  return {
    root,
    files: join(root, "files/sha256"),
    images: join(root, "images"),
    imageBlobs: join(root, "images/blobs/sha256"),
    records: join(root, "records"),
    work: join(root, "work"),
    manifest: join(root, "manifest.json"),
  };
}

/** A file of the store: sha256 and size are of the unpacked content. */
export interface StoredFile extends Blob {
  /** In bytes, as kept. */
  readonly packedSize: number;
}

/** What an item is made of, for its manifest. */
export interface BuiltProgram extends Blob {
  readonly name: string;
  readonly version: string;
  /** Path of the published module, or `kube-magic` for our own. */
  readonly module: string;
  readonly moduleSum?: string;
  /** Seconds that the build took. */
  readonly seconds: number;
}

/** One file for each thing that is done, named after its key. */
export type StoreRecord =
  | { readonly kind: "program"; readonly program: BuiltProgram; readonly file: StoredFile }
  | { readonly kind: "file"; readonly file: StoredFile; readonly programs: readonly BuiltProgram[] }
  | {
      readonly kind: "image";
      readonly manifest: Blob;
      readonly config: Blob;
      readonly layers: readonly Layer[];
      readonly programs: readonly BuiltProgram[];
    }
  | { readonly kind: "base"; readonly layer: Layer };

export type RecordOf<Kind extends StoreRecord["kind"]> = Extract<StoreRecord, { kind: Kind }>;

const VERSION = 1;

export const packedPath = (store: StorePlaces, { sha256 }: Blob): string =>
  join(store.files, `${sha256}.zst`);
export const blobPath = (store: StorePlaces, { sha256 }: Blob): string => join(store.imageBlobs, sha256);

/** The record of a key; undefined when there is none, or when content that it names is missing or cut short. */
export function readRecord<Kind extends StoreRecord["kind"]>(
  store: StorePlaces,
  kind: Kind,
  key: string,
): RecordOf<Kind> | undefined {
  const file = recordPath(store, key);
  if (!existsSync(file)) return undefined;
  const { version, ...record } = JSON.parse(readFileSync(file, "utf8")) as StoreRecord & { version: number };
  if (version !== VERSION || record.kind !== kind) return undefined;
  return contentOf(store, record).every(({ path, size }) => sizeOf(path) === size)
    ? (record as RecordOf<Kind>)
    : undefined;
}

export function writeRecord(store: StorePlaces, key: string, record: StoreRecord): void {
  writeAtomic(recordPath(store, key), `${JSON.stringify({ version: VERSION, ...record }, undefined, 2)}\n`);
}

/** Every file that a record needs, with its size in bytes. */
export function contentOf(
  store: StorePlaces,
  record: StoreRecord,
): readonly { readonly path: string; readonly size: number }[] {
  switch (record.kind) {
    case "program":
    case "file":
      return [{ path: packedPath(store, record.file), size: record.file.packedSize }];
    case "image":
      return [record.manifest, record.config, ...record.layers].map((blob) => ({
        path: blobPath(store, blob),
        size: blob.size,
      }));
    case "base":
      return [{ path: blobPath(store, record.layer), size: record.layer.size }];
  }
}

/** Removes every record but these, and all content that none of them needs. Returns the bytes that became free. */
export function sweep(store: StorePlaces, keys: ReadonlySet<string>): number {
  const kept = new Set<string>();
  for (const name of namesIn(store.records)) {
    const file = join(store.records, name);
    if (!keys.has(name.replace(/\.json$/, ""))) {
      rmSync(file);
      continue;
    }
    const record = JSON.parse(readFileSync(file, "utf8")) as StoreRecord;
    for (const { path } of contentOf(store, record)) kept.add(path);
  }
  let freed = 0;
  for (const folder of [store.files, store.imageBlobs]) {
    for (const path of namesIn(folder).map((name) => join(folder, name))) {
      if (kept.has(path)) continue;
      freed += sizeOf(path) ?? 0;
      rmSync(path);
    }
  }
  return freed;
}

/** Moves a finished file to its place; one that is there already has the same content. */
export function moveInto(from: string, to: string): void {
  onDisk(to, () => {
    mkdirSync(dirname(to), { recursive: true });
    renameSync(from, to);
  });
}

/** sha256 and size of a file, read piece by piece. */
export function measure(path: string): Blob {
  const hash = createHash("sha256");
  const piece = Buffer.alloc(1 << 20);
  const file = openSync(path, "r");
  try {
    let size = 0;
    for (;;) {
      const read = readSync(file, piece);
      if (read === 0) return { sha256: hash.digest("hex"), size };
      hash.update(piece.subarray(0, read));
      size += read;
    }
  } finally {
    closeSync(file);
  }
}

function recordPath(store: StorePlaces, key: string): string {
  return join(store.records, `${key}.json`);
}

function namesIn(folder: string): readonly string[] {
  return existsSync(folder) ? readdirSync(folder) : [];
}

function sizeOf(path: string): number | undefined {
  return statSync(path, { throwIfNoEntry: false })?.size;
}
