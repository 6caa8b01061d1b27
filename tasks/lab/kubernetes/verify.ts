/** Reads every byte that the manifest names, and compares it with its checksum. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { KubeMagicError } from "../../core/errors.ts";
import { onDisk } from "../../io/files.ts";
import { unpack } from "./compress.ts";
import { type ManifestFile, type ManifestImage, readManifest } from "./manifest.ts";
import { type Blob, digest } from "./oci.ts";
import { blobPath, measure, type StorePlaces } from "./store.ts";

export interface Verification {
  readonly files: number;
  readonly images: number;
  /** One line a fault; empty when everything is as it was built. */
  readonly faults: readonly string[];
}

interface Descriptor {
  readonly digest: string;
  readonly size: number;
}

/** @throws InputError when nothing was built. */
export async function verifyPrograms(store: StorePlaces): Promise<Verification> {
  const { files, images } = readManifest(store);
  onDisk(store.root, () => mkdirSync(store.root, { recursive: true }));
  const folder = mkdtempSync(join(store.root, ".verify-"));
  const checked = new Map<string, string | undefined>();
  try {
    const faults: string[] = [];
    for (const file of files) faults.push(...(await fileFaults(store, file, join(folder, "file"))));
    for (const image of images)
      faults.push(...(await imageFaults(store, image, join(folder, "layer"), checked)));
    faults.push(...indexFaults(store, images));
    return { files: files.length, images: images.length, faults };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function fileFaults(
  store: StorePlaces,
  file: ManifestFile,
  scratch: string,
): Promise<readonly string[]> {
  const label = `${file.name} ${file.version}`;
  const path = join(store.root, file.packed);
  if (!existsSync(path)) return [`${label}: ${file.packed} is missing`];
  const content = await unpacked(path, scratch);
  if (content === undefined) return [`${label}: ${file.packed} cannot be unpacked`];
  return content.sha256 === file.sha256 && content.size === file.size
    ? []
    : [`${label}: ${file.packed} has the checksum ${content.sha256}, not ${file.sha256}`];
}

/** Manifest, config, layers, and the layers' content against the config's diff ids. */
async function imageFaults(
  store: StorePlaces,
  image: ManifestImage,
  scratch: string,
  checked: Map<string, string | undefined>,
): Promise<readonly string[]> {
  const manifestBlob = { sha256: image.digest.slice("sha256:".length) };
  const fault = blobFault(store, { ...manifestBlob, size: -1 });
  if (fault !== undefined) return [`${image.reference}: its manifest ${fault}`];
  const { config, layers } = readJson<{ config: Descriptor; layers: readonly Descriptor[] }>(
    blobPath(store, { ...manifestBlob, size: 0 }),
  );
  const faults = [config, ...layers].flatMap((descriptor) => {
    const found = blobFault(store, blobOf(descriptor));
    return found === undefined ? [] : [`${image.reference}: ${shown(descriptor)} ${found}`];
  });
  if (faults.length > 0) return faults;
  const { rootfs } = readJson<{ rootfs: { diff_ids: readonly string[] } }>(blobPath(store, blobOf(config)));
  for (const [index, layer] of layers.entries()) {
    if (!checked.has(layer.digest)) {
      const content = await unpacked(blobPath(store, blobOf(layer)), scratch);
      checked.set(layer.digest, content === undefined ? undefined : digest(content.sha256));
    }
    if (checked.get(layer.digest) !== rootfs.diff_ids[index])
      faults.push(`${image.reference}: layer ${index + 1} is not what its config says`);
  }
  return faults;
}

function indexFaults(store: StorePlaces, images: readonly ManifestImage[]): readonly string[] {
  const path = join(store.images, "index.json");
  if (!existsSync(path)) return ["images/index.json is missing"];
  const { manifests } = readJson<{
    manifests: readonly (Descriptor & { annotations: Record<string, string> })[];
  }>(path);
  const listed = new Map(
    manifests.map((one) => [one.annotations["org.opencontainers.image.ref.name"], one.digest]),
  );
  return images
    .filter(({ reference, digest: wanted }) => listed.get(reference) !== wanted)
    .map(({ reference }) => `${reference}: images/index.json does not name it with its digest`);
}

/** Path below the store's folder. */
const shown = (descriptor: Descriptor): string => `images/blobs/sha256/${blobOf(descriptor).sha256}`;

function blobFault(store: StorePlaces, blob: Blob): string | undefined {
  const path = blobPath(store, blob);
  if (!existsSync(path)) return "is missing";
  const found = measure(path);
  if (found.sha256 !== blob.sha256) return `has the checksum ${found.sha256}`;
  return blob.size >= 0 && found.size !== blob.size ? `has ${found.size} bytes, not ${blob.size}` : undefined;
}

async function unpacked(path: string, scratch: string): Promise<Blob | undefined> {
  try {
    await unpack(path, scratch);
    return measure(scratch);
  } catch (error) {
    if (error instanceof KubeMagicError && error.exitCode === 4) return undefined;
    throw error;
  } finally {
    rmSync(scratch, { force: true });
  }
}

function readJson<T>(path: string): T {
  return JSON.parse(readFileSync(path, "utf8")) as T;
}

function blobOf({ digest: name, size }: Descriptor): Blob {
  return { sha256: name.slice("sha256:".length), size };
}
