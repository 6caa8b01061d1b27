/** A snapshot file on the controller, and the manifest beside it. */
import { createHash } from "node:crypto";
import { createReadStream, statSync } from "node:fs";
import { z } from "zod";
import { InputError } from "../core/errors.ts";
import { onDisk, readOptional, writeAtomic } from "../io/files.ts";

const manifestShape = z.object({
  version: z.literal(1),
  cluster: z.string(),
  /** Host of the member that it was taken from. */
  member: z.string(),
  /** ISO 8601. */
  taken: z.string(),
  etcd: z.string(),
  bytes: z.number(),
  sha256: z.string(),
  revision: z.number(),
  /** etcd's own hash of the content. */
  hash: z.string(),
  /** Revisions of keys in the file, as `snapshot status` counts them. */
  totalKeys: z.number(),
  /** Keys that exist at that revision. */
  liveKeys: z.number().optional(),
  /** Value of the canary key. */
  canary: z.string().optional(),
});
export type SnapshotManifest = z.output<typeof manifestShape>;

export interface LocalSnapshot {
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
  /** Absent for a file that another program made. */
  readonly manifest?: SnapshotManifest;
}

/** A key that is written before a snapshot: a restored cluster must have its value. */
export const CANARY = "/kube-magic/canary";

const manifestOf = (path: string): string => `${path}.json`;

export function writeManifest(path: string, manifest: SnapshotManifest): void {
  writeAtomic(manifestOf(path), `${JSON.stringify(manifest, null, 2)}\n`, 0o600);
}

/**
 * Reads the whole snapshot, and checks the hash that etcd appends to it, and the manifest beside it.
 * @param raw it is a copy of a member's `snap/db`, which has no hash
 * @throws InputError when it is damaged
 */
export async function verifySnapshot(path: string, raw: boolean): Promise<LocalSnapshot> {
  const stats = onDisk(path, () => statSync(path, { throwIfNoEntry: false }), "read");
  if (stats === undefined || !stats.isFile())
    throw new InputError(`the snapshot ${path} does not exist`, {
      remedy: "name an existing file; npm run etcd:snapshot makes one and prints its name",
    });
  const bytes = stats.size;
  const { whole, body, tail } = await hashes(path, bytes);
  const damaged = (what: string): InputError =>
    new InputError(`${path} is damaged: ${what}`, { remedy: "use an older snapshot; nothing was changed" });
  const manifest = readManifest(path);
  if (manifest !== undefined && manifest.bytes !== bytes)
    throw damaged(`it has ${bytes} bytes; its manifest says ${manifest.bytes}`);
  if (manifest !== undefined && manifest.sha256 !== whole)
    throw damaged("its content has changed since the snapshot was taken");
  // etcd writes whole pages, and the sha256 of them at the end.
  if (!raw && bytes % PAGE !== HASH_BYTES)
    throw damaged(
      bytes % PAGE === 0
        ? "no hash at its end, as in a copy of a member's snap/db (--raw accepts one)"
        : "it is incomplete, or not a snapshot",
    );
  if (!raw && body !== tail) throw damaged("its content does not match the hash at its end");
  return { path, bytes, sha256: whole, ...(manifest === undefined ? {} : { manifest }) };
}

/** As etcd checks it. */
const PAGE = 512;
const HASH_BYTES = 32;

async function hashes(path: string, bytes: number): Promise<{ whole: string; body: string; tail: string }> {
  const whole = createHash("sha256");
  const body = createHash("sha256");
  const end = Math.max(0, bytes - HASH_BYTES);
  let tail = Buffer.alloc(0);
  let at = 0;
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
    whole.update(chunk);
    const inBody = Math.min(chunk.length, Math.max(0, end - at));
    body.update(chunk.subarray(0, inBody));
    if (inBody < chunk.length) tail = Buffer.concat([tail, chunk.subarray(inBody)]);
    at += chunk.length;
  }
  return { whole: whole.digest("hex"), body: body.digest("hex"), tail: tail.toString("hex") };
}

function readManifest(path: string): SnapshotManifest | undefined {
  const content = readOptional(manifestOf(path));
  if (content === undefined) return undefined;
  try {
    return manifestShape.parse(JSON.parse(content.toString()));
  } catch (cause) {
    throw new InputError(`${manifestOf(path)} is not a manifest of a snapshot`, {
      cause,
      remedy: "remove it to restore without a manifest: then only the hash in the snapshot is checked",
    });
  }
}
