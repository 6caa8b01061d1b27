/** manifest.json: what the store holds, which addresses and references upstream it replaces, and that it is for labs. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { InputError } from "../../core/errors.ts";
import { writeIfChanged } from "../../io/files.ts";
import { digest, imageIndex, LAYOUT_FILE } from "./oci.ts";
import type { Item } from "./plan.ts";
import { type BuiltProgram, packedPath, type RecordOf, readRecord, type StorePlaces } from "./store.ts";

export const PURPOSE = "rebuilt for tests";
const VERSION = 1;

interface EntryCommon {
  readonly name: string;
  /** With its v, such as v1.34.4. */
  readonly version: string;
  /** kubespray's variables for the version, the address and the checksum. */
  readonly variables: Readonly<Record<string, string>>;
  readonly programs: readonly BuiltProgram[];
}

export interface ManifestFile extends EntryCommon {
  /** The address upstream that this file replaces. */
  readonly url: string;
  readonly fileName: string;
  /** Of the file as it is served; what kubespray compares, without `sha256:`. */
  readonly sha256: string;
  /** In bytes, as it is served. */
  readonly size: number;
  /** Below the store's folder, compressed with zstd. */
  readonly packed: string;
  readonly packedSize: number;
}

export interface ManifestImage extends EntryCommon {
  /** The reference upstream that this image replaces; also its name in the layout `images`. */
  readonly reference: string;
  /** Of its manifest: `sha256:…` */
  readonly digest: string;
  /** In bytes: manifest, config and layers, compressed. */
  readonly size: number;
}

export interface ProgramsManifest {
  readonly version: typeof VERSION;
  readonly purpose: typeof PURPOSE;
  readonly arch: string;
  readonly files: readonly ManifestFile[];
  readonly images: readonly ManifestImage[];
}

/** A manifest of the items that are done, in the order of the plan. */
export function makeManifest(store: StorePlaces, items: readonly Item[], arch: string): ProgramsManifest {
  const files: ManifestFile[] = [];
  const images: ManifestImage[] = [];
  for (const item of items) {
    const { name, version, variables } = item;
    if (item.kind === "file") {
      const record = readRecord(store, "file", item.key);
      if (record === undefined) continue;
      const { file, programs } = record;
      const packed = packedPath(store, file).slice(store.root.length + 1);
      const { url, fileName } = item;
      files.push({ name, version, url, fileName, ...file, packed, variables, programs });
    } else {
      const record = readRecord(store, "image", item.key);
      if (record === undefined) continue;
      const { reference } = item;
      const size = imageSize(record);
      const { programs } = record;
      images.push({
        name,
        version,
        reference,
        digest: digest(record.manifest.sha256),
        size,
        variables,
        programs,
      });
    }
  }
  return { version: VERSION, purpose: PURPOSE, arch, files, images };
}

/** Writes manifest.json and the index of the image layout. */
export function writeManifest(store: StorePlaces, items: readonly Item[], manifest: ProgramsManifest): void {
  const named = items.flatMap((item) => {
    if (item.kind !== "image") return [];
    const record = readRecord(store, "image", item.key);
    return record === undefined ? [] : [{ ...record.manifest, reference: item.reference }];
  });
  writeIfChanged(join(store.images, "oci-layout"), LAYOUT_FILE);
  writeIfChanged(join(store.images, "index.json"), imageIndex(named, manifest.arch));
  writeIfChanged(store.manifest, `${JSON.stringify(manifest, undefined, 2)}\n`);
}

/** @throws InputError when nothing was built, or by another version of kube-magic. */
export function readManifest(store: StorePlaces): ProgramsManifest {
  const remedy = "npm run lab:programs";
  if (!existsSync(store.manifest))
    throw new InputError(`no programs for labs are built: ${store.manifest} is missing`, { remedy });
  const manifest = JSON.parse(readFileSync(store.manifest, "utf8")) as ProgramsManifest;
  if (manifest.version === VERSION && manifest.purpose === PURPOSE) return manifest;
  throw new InputError(`${store.manifest} is of another version of kube-magic`, { remedy });
}

function imageSize({ manifest, config, layers }: RecordOf<"image">): number {
  return [manifest, config, ...layers].reduce((total, { size }) => total + size, 0);
}
