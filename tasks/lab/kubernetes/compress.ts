/** zstd as a command: Node.js 20 has none of its own. */
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { VendorError } from "../../core/errors.ts";
import { capture } from "../../io/command/capture.ts";
import { commandFailed } from "./failures.ts";
import type { Layer } from "./oci.ts";
import { blobPath, measure, moveInto, packedPath, type StoredFile, type StorePlaces } from "./store.ts";

const LEVEL = "-10";

/** Adds a file to the store, by its content. */
export async function storeFile(store: StorePlaces, path: string): Promise<StoredFile> {
  const { sha256, size } = measure(path);
  const packed = join(store.work, `${sha256}.zst`);
  await pack(path, packed);
  const packedSize = measure(packed).size;
  moveInto(packed, packedPath(store, { sha256, size }));
  return { sha256, size, packedSize };
}

/** Adds a tar to the image layout as a compressed layer. */
export async function storeLayer(store: StorePlaces, tarFile: string): Promise<Layer> {
  const { sha256: unpackedSha256 } = measure(tarFile);
  const packed = join(store.work, `${unpackedSha256}.tar.zst`);
  await pack(tarFile, packed);
  const layer = { ...measure(packed), unpackedSha256 };
  moveInto(packed, blobPath(store, layer));
  return layer;
}

/** Unpacks a file of the store to a path. @throws VendorError when it is not what its name says. */
export async function unpackStored(store: StorePlaces, file: StoredFile, to: string): Promise<void> {
  await unpack(packedPath(store, file), to);
  const found = measure(to);
  if (found.sha256 === file.sha256) return;
  rmSync(to, { force: true });
  throw new VendorError(`${packedPath(store, file)} is damaged: its content has another checksum`, {
    remedy: `rm ${packedPath(store, file)}; then: npm run lab:programs`,
  });
}

/** @throws GateError on a full disk, VendorError for damaged content. */
export async function unpack(from: string, to: string): Promise<void> {
  const result = await capture(["zstd", "-q", "-d", "-f", from, "-o", to]);
  if (result.code !== 0) throw commandFailed(`${from} could not be unpacked`, result);
}

async function pack(from: string, to: string): Promise<void> {
  mkdirSync(join(to, ".."), { recursive: true });
  const result = await capture(["nice", "-n", "19", "zstd", "-q", "-f", LEVEL, "-T2", from, "-o", to]);
  if (result.code !== 0) throw commandFailed(`${from} could not be compressed`, result);
}
