import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { aVendorSite, type VendorSite } from "../../helpers/vendor.ts";

const canMount = process.getuid?.() === 0;
let disk: string;
let upstreams: VendorSite;
let site: VendorSite;

beforeEach((context) => {
  if (!canMount) context.skip("mounting a small file system needs root");
  disk = mkdtempSync(join(tmpdir(), "kube-magic-disk-"));
  execFileSync("mount", ["-t", "tmpfs", "-o", "size=3m", "kube-magic-test", disk]);
  upstreams = aVendorSite();
  site = aVendorSite(disk);
});
afterEach(() => {
  if (!canMount) return;
  upstreams.remove();
  execFileSync("umount", [disk]);
  rmSync(disk, { recursive: true });
});

describe("a full disk", () => {
  test("ends init with 4 and names the pin; nothing of it stays, and the next run works", async () => {
    const commit = upstreams
      .upstream("tool")
      .commit({ "big.bin": randomBytes(1_500_000).toString("base64"), "site.yml": "x" });
    site.pins({ tool: { main: ["branch", commit] } });
    const init = () => site.run(["init", "--trees-only", "--mirror", upstreams.mirror]);
    const { code, stderr } = await init();
    expect(stderr).toContain(`tool main (${commit.slice(0, 9)})`);
    expect(stderr).toContain("no space left on the disk");
    expect(stderr).not.toContain("    at ");
    expect(code).toBe(4);
    expect(existsSync(join(site.vendor, "tool"))).toBe(false);
    expect(readdirSync(join(site.vendor, ".incoming"))).toEqual([]);
    execFileSync("mount", ["-o", "remount,size=20m", disk]);
    expect((await init()).code).toBe(0);
  });

  test("before anything could be written says so too", async () => {
    const commit = upstreams.upstream("tool").commit({ "site.yml": "x" });
    site.pins({ tool: { main: ["branch", commit] } });
    mkdirSync(join(site.vendor, ".incoming"));
    execFileSync("sh", ["-c", `cat /dev/zero > ${disk}/filler 2>/dev/null || true`]);
    const { code, stderr } = await site.run(["init", "--trees-only", "--mirror", upstreams.mirror]);
    expect(stderr).toContain("no space left on the disk");
    expect(stderr).not.toContain("    at ");
    expect(code).toBe(4);
    rmSync(join(disk, "filler"));
    expect((await site.run(["init", "--trees-only", "--mirror", upstreams.mirror])).code).toBe(0);
  });
});
