/** Makes the files that kubespray downloads, and the images that nodes pull, of programs that are built. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { onDisk } from "../../io/files.ts";
import { storeFile, storeLayer, unpackStored } from "./compress.ts";
import { ensureBaseLayer } from "./debian-base.ts";
import { type Document, imageDocuments } from "./oci.ts";
import type { FileItem, ImageItem } from "./plan.ts";
import { blobPath, moveInto, type RecordOf, type StorePlaces, writeRecord } from "./store.ts";
import { type TarFile, tar } from "./tar.ts";

/** Programs by their path inside the archive or image. */
export type Contents = Readonly<Record<string, RecordOf<"program">>>;

/** A program as it is, or a gzipped archive. */
export async function packFile(store: StorePlaces, item: FileItem, contents: Contents): Promise<void> {
  const built = Object.values(contents);
  const programs = built.map(({ program }) => program);
  const [single] = built;
  if (!item.isArchive && single !== undefined) {
    writeRecord(store, item.key, { kind: "file", file: single.file, programs });
    return;
  }
  const archive = join(store.work, item.fileName);
  const content = gzipSync(tar(await readAll(store, contents)));
  onDisk(archive, () => writeFileSync(archive, content));
  const file = await storeFile(store, archive);
  rmSync(archive);
  writeRecord(store, item.key, { kind: "file", file, programs });
}

/** One layer with the programs, above the Debian layer where the item wants it. */
export async function packImage(
  store: StorePlaces,
  item: ImageItem,
  contents: Contents,
  arch: string,
): Promise<void> {
  const below = item.base === undefined ? [] : [await ensureBaseLayer(store, item.base)];
  const tarFile = join(store.work, "layer.tar");
  const content = tar(await readAll(store, contents));
  onDisk(tarFile, () => writeFileSync(tarFile, content));
  const layers = [...below, await storeLayer(store, tarFile)];
  rmSync(tarFile);
  const { entrypoint, version } = item;
  const { config, manifest } = imageDocuments({ arch, entrypoint, version, layers });
  for (const document of [config, manifest]) storeDocument(store, document);
  writeRecord(store, item.key, {
    kind: "image",
    manifest: { sha256: manifest.sha256, size: manifest.size },
    config: { sha256: config.sha256, size: config.size },
    layers,
    programs: Object.values(contents).map(({ program }) => program),
  });
}

function storeDocument(store: StorePlaces, document: Document): void {
  const path = join(store.work, document.sha256);
  onDisk(path, () => writeFileSync(path, document.text));
  moveInto(path, blobPath(store, document));
}

async function readAll(store: StorePlaces, contents: Contents): Promise<readonly TarFile[]> {
  onDisk(store.work, () => mkdirSync(store.work, { recursive: true }));
  const files: TarFile[] = [];
  for (const [path, { program, file }] of Object.entries(contents)) {
    const unpacked = join(store.work, program.sha256);
    await unpackStored(store, file, unpacked);
    files.push({ path, content: readFileSync(unpacked), mode: 0o755 });
    rmSync(unpacked);
  }
  return files;
}
