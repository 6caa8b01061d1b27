import { statSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { PackageSource } from "../../../tasks/lab/package-source.ts";
import { archiveOf, repositoriesOf } from "../../../tasks/lab/repositories.ts";

const SOURCE: PackageSource = {
  mirror: "http://mirror.example/debian",
  security: "http://mirror.example/debian-security",
  ubuntuMirror: "http://mirror.example/ubuntu",
  proxy: "http://proxy.example:3128",
  nameServers: [],
  authorities: [],
};

describe("the repositories of a base image", () => {
  test("are Debian's for Debian, with mmdebstrap's own keys", async () => {
    const archive = archiveOf("bookworm", SOURCE);
    expect(archive.keyring).toBeUndefined();
    expect(await repositoriesOf("bookworm", archive, true)).toEqual([
      "deb http://mirror.example/debian bookworm main",
      "deb http://mirror.example/debian bookworm-updates main",
      "deb http://mirror.example/debian-security bookworm-security main",
    ]);
  });

  test("are Ubuntu's for Ubuntu, with the key in this repository", async () => {
    const archive = archiveOf("noble", SOURCE);
    expect(statSync(archive.keyring ?? "").size).toBeGreaterThan(1000);
    expect(await repositoriesOf("noble", archive, true)).toEqual([
      "deb http://mirror.example/ubuntu noble main universe",
      "deb http://mirror.example/ubuntu noble-updates main universe",
      "deb http://mirror.example/ubuntu noble-security main universe",
    ]);
  });
});
