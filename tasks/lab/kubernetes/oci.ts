/** Documents of an OCI image layout, with their digests. Pure. https://github.com/opencontainers/image-spec */
import { createHash } from "node:crypto";

/** Marks an image for whoever looks at it in a registry or on a node. */
export const REBUILT_LABEL = "kube-magic.test/rebuilt-for-tests";

export interface Blob {
  /** 64 hexadecimal digits. */
  readonly sha256: string;
  /** In bytes. */
  readonly size: number;
}

export interface Layer extends Blob {
  /** sha256 of the layer's tar before it was compressed. */
  readonly unpackedSha256: string;
}

export interface Document extends Blob {
  readonly text: string;
}

export interface ImageDocuments {
  readonly config: Document;
  readonly manifest: Document;
}

export interface ImageSettings {
  readonly arch: string;
  readonly entrypoint: readonly string[];
  readonly version: string;
  readonly layers: readonly Layer[];
}

const MEDIA = "application/vnd.oci.image";

/** Config and manifest of an image whose layers are zstd-compressed tars. */
export function imageDocuments({ arch, entrypoint, version, layers }: ImageSettings): ImageDocuments {
  const labels = { [REBUILT_LABEL]: "true", "org.opencontainers.image.version": version };
  const config = document({
    created: "1970-01-01T00:00:00Z",
    architecture: arch,
    os: "linux",
    config: {
      Env: ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"],
      ...(entrypoint.length === 0 ? {} : { Entrypoint: entrypoint }),
      WorkingDir: "/",
      Labels: labels,
    },
    rootfs: { type: "layers", diff_ids: layers.map(({ unpackedSha256 }) => digest(unpackedSha256)) },
    history: layers.map(() => ({ created: "1970-01-01T00:00:00Z", created_by: "kube-magic lab:programs" })),
  });
  const manifest = document({
    schemaVersion: 2,
    mediaType: `${MEDIA}.manifest.v1+json`,
    config: descriptor(`${MEDIA}.config.v1+json`, config),
    layers: layers.map((layer) => descriptor(`${MEDIA}.layer.v1.tar+zstd`, layer)),
    annotations: labels,
  });
  return { config, manifest };
}

export interface NamedManifest extends Blob {
  readonly reference: string;
}

/** index.json of a layout: each image under the reference that it replaces. */
export function imageIndex(images: readonly NamedManifest[], arch: string): string {
  const manifests = images.map((image) => ({
    ...descriptor(`${MEDIA}.manifest.v1+json`, image),
    platform: { architecture: arch, os: "linux" },
    annotations: { "org.opencontainers.image.ref.name": image.reference, [REBUILT_LABEL]: "true" },
  }));
  return `${JSON.stringify({ schemaVersion: 2, mediaType: `${MEDIA}.index.v1+json`, manifests }, undefined, 2)}\n`;
}

/** The file `oci-layout` that makes a folder a layout. */
export const LAYOUT_FILE = '{"imageLayoutVersion":"1.0.0"}\n';

/** `sha256:…` */
export const digest = (sha256: string): string => `sha256:${sha256}`;

function descriptor(mediaType: string, { sha256, size }: Blob) {
  return { mediaType, digest: digest(sha256), size };
}

function document(value: unknown): Document {
  const text = JSON.stringify(value);
  return { text, sha256: createHash("sha256").update(text).digest("hex"), size: Buffer.byteLength(text) };
}
