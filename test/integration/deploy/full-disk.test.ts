import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { aSite, play, type Site } from "../../helpers/site.ts";

/** A small file system of its own below build/ needs a mount. */
const canMount = process.getuid?.() === 0;
let site: Site;
let build: string;

beforeEach(async (context) => {
  if (!canMount) context.skip("mounting a small file system needs root");
  site = await aSite();
  build = join(site.root, "build");
  mkdirSync(build);
  execFileSync("mount", ["-t", "tmpfs", "-o", "size=2m", "kube-magic-test", build]);
});
afterEach(() => {
  if (!canMount) return;
  execFileSync("umount", [build]);
  site.remove();
});

function fill(): string {
  const path = join(build, "filler");
  for (let size = statfsSync(build).bavail * statfsSync(build).bsize; size > 0; size -= 4096) {
    try {
      writeFileSync(path, Buffer.alloc(size));
      return path;
    } catch {
      rmSync(path, { force: true });
    }
  }
  return path;
}

describe("a full disk", () => {
  test("before a run ends it with 3, and nothing of it stays", async () => {
    mkdirSync(join(build, "site"));
    const filler = fill();
    const { code, stderr } = await site.run("deploy", "prep-hosts");
    expect(stderr).toContain("no space left");
    expect(stderr).not.toContain("    at ");
    expect(code).toBe(3);
    rmSync(filler);
    expect((await site.run("deploy", "prep-hosts")).code).toBe(0);
  });

  test("in the middle of a run ends it with 5, says so, and the next run works", async () => {
    site.playbook(
      play(
        "    - ansible.builtin.command: sleep 2\n    - ansible.builtin.ping:\n    - ansible.builtin.ping:\n",
      ),
    );
    const deploy = site.start("deploy", "prep-hosts");
    await deploy.says("prep-hosts ▸ Site");
    const filler = fill();
    const { code, stderr } = await deploy.ended;
    expect(stderr).toMatch(/no space left|ENOSPC/i);
    expect(stderr).not.toContain("    at ");
    expect(code).toBe(5);
    rmSync(filler);
    expect((await site.run("deploy", "prep-hosts", "--resume")).code).toBe(0);
  });
});
