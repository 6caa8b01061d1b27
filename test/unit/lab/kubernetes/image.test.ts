import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { imageDocuments, imageIndex } from "../../../../tasks/lab/kubernetes/oci.ts";
import { tar } from "../../../../tasks/lab/kubernetes/tar.ts";

const sha256 = (of: string | Buffer) => createHash("sha256").update(of).digest("hex");

describe("a tar archive", () => {
  const files = [
    { path: "usr/local/bin/b", content: Buffer.from("b".repeat(513)), mode: 0o755 },
    { path: "a", content: Buffer.alloc(0), mode: 0o644 },
  ];

  test("is what tar reads: folders first, owner root, time zero", () => {
    const { stdout, status } = spawnSync("tar", ["-tv", "--full-time", "--utc"], {
      input: tar(files),
      encoding: "utf8",
    });
    expect(status).toBe(0);
    expect(
      stdout
        .trim()
        .split("\n")
        .map((line) => line.replace(/ +/g, " ")),
    ).toEqual([
      "drwxr-xr-x root/root 0 1970-01-01 00:00:00 usr/",
      "drwxr-xr-x root/root 0 1970-01-01 00:00:00 usr/local/",
      "drwxr-xr-x root/root 0 1970-01-01 00:00:00 usr/local/bin/",
      "-rw-r--r-- root/root 0 1970-01-01 00:00:00 a",
      "-rwxr-xr-x root/root 513 1970-01-01 00:00:00 usr/local/bin/b",
    ]);
    const content = spawnSync("tar", ["-xO", "usr/local/bin/b"], { input: tar(files), encoding: "utf8" });
    expect(content.stdout).toBe("b".repeat(513));
  });

  test("has the same bytes in whatever order its files are given", () => {
    expect(sha256(tar([...files].reverse()))).toBe(sha256(tar(files)));
  });

  test("refuses a name that its header cannot hold", () => {
    expect(() => tar([{ path: "x".repeat(101), content: Buffer.alloc(0), mode: 0o644 }])).toThrow("too long");
  });
});

describe("the documents of an image", () => {
  const layers = [
    { sha256: "1".repeat(64), size: 10, unpackedSha256: "2".repeat(64) },
    { sha256: "3".repeat(64), size: 20, unpackedSha256: "4".repeat(64) },
  ];
  const { config, manifest } = imageDocuments({
    arch: "amd64",
    entrypoint: ["/pause"],
    version: "v3.10.1",
    layers,
  });

  test("carry their own digest and size", () => {
    for (const { text, sha256: claimed, size } of [config, manifest]) {
      expect(sha256(text)).toBe(claimed);
      expect(Buffer.byteLength(text)).toBe(size);
    }
  });

  test("name config and layers by digest, and the layers' content by diff id", () => {
    const parsed = JSON.parse(manifest.text);
    expect(parsed.config).toMatchObject({ digest: `sha256:${config.sha256}`, size: config.size });
    expect(parsed.layers).toEqual([
      {
        mediaType: "application/vnd.oci.image.layer.v1.tar+zstd",
        digest: `sha256:${"1".repeat(64)}`,
        size: 10,
      },
      {
        mediaType: "application/vnd.oci.image.layer.v1.tar+zstd",
        digest: `sha256:${"3".repeat(64)}`,
        size: 20,
      },
    ]);
    expect(JSON.parse(config.text).rootfs.diff_ids).toEqual(
      ["2", "4"].map((one) => `sha256:${one.repeat(64)}`),
    );
  });

  test("say that the image is rebuilt for tests", () => {
    const label = { "kube-magic.test/rebuilt-for-tests": "true" };
    expect(JSON.parse(config.text).config.Labels).toMatchObject(label);
    expect(JSON.parse(manifest.text).annotations).toMatchObject(label);
  });

  test("leave the entrypoint out for images that are called by their command", () => {
    const plain = imageDocuments({ arch: "amd64", entrypoint: [], version: "v1", layers });
    expect(JSON.parse(plain.config.text).config).not.toHaveProperty("Entrypoint");
  });

  test("are found in the index under the reference that the image replaces", () => {
    const index = JSON.parse(
      imageIndex([{ ...manifest, reference: "registry.k8s.io/pause:3.10.1" }], "amd64"),
    );
    expect(index.manifests[0]).toMatchObject({
      digest: `sha256:${manifest.sha256}`,
      platform: { architecture: "amd64", os: "linux" },
      annotations: { "org.opencontainers.image.ref.name": "registry.k8s.io/pause:3.10.1" },
    });
  });
});
