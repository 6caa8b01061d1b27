import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { verifySnapshot, writeManifest } from "../../../tasks/etcd/snapshot-file.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "kube-magic-snapshot-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** As etcd writes it: whole pages, then their hash. Larger than what is read at once. */
const body = Buffer.alloc(512 * 400, 7);
const whole = Buffer.concat([body, createHash("sha256").update(body).digest()]);
let files = 0;
const file = (content: Buffer): string => {
  const path = join(folder, `snapshot-${++files}.db`);
  writeFileSync(path, content);
  return path;
};
const problem = async (path: string, raw = false): Promise<string> =>
  verifySnapshot(path, raw).then(
    () => "none",
    (error: Error) => error.message,
  );

describe("a snapshot", () => {
  test("that is whole is accepted, without and with what was known of it", async () => {
    const path = file(whole);
    const { bytes, sha256 } = await verifySnapshot(path, false);
    expect(bytes).toBe(whole.length);
    writeManifest(path, {
      version: 1,
      cluster: "prod",
      member: "master1",
      taken: "2026-11-21T12:00:00.000Z",
      etcd: "3.5.16",
      bytes,
      sha256,
      revision: 5,
      hash: "00000001",
      totalKeys: 3,
    });
    expect((await verifySnapshot(path, false)).manifest?.cluster).toBe("prod");
  });

  test("is refused wherever one bit of it is wrong", async () => {
    for (const at of [0, 511, 512, 65_535, 65_536, body.length - 1, body.length, whole.length - 1]) {
      const flipped = Buffer.from(whole);
      flipped[at] = (flipped[at] ?? 0) ^ 1;
      expect(await problem(file(flipped)), `byte ${at}`).toContain("does not match the hash");
    }
  });

  test.each([0, 1, 31, 32, 100, 512 + 31, 1000])(
    "is refused when only %d bytes of it are left",
    async (length) => {
      expect(await problem(file(whole.subarray(0, length)))).not.toBe("none");
    },
  );

  test("without a hash is a raw database, and taken only as that", async () => {
    expect(await problem(file(body))).toContain("--raw");
    expect(await problem(file(body), true)).toBe("none");
  });

  test("with a manifest of something else is refused", async () => {
    const path = file(whole);
    writeFileSync(`${path}.json`, "{}");
    expect(await problem(path)).toContain("is not a manifest");
  });
});
