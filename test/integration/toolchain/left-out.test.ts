import { execFileSync } from "node:child_process";
import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { restoreLeftOut } from "../../../tasks/toolchain/trees/restore-left-out.ts";
import { aVendorSite, type Upstream, type VendorSite } from "../../helpers/vendor.ts";

let site: VendorSite;
let tool: Upstream;
let commit: string;
let second: string;

beforeEach(async () => {
  site = aVendorSite();
  tool = site.upstream("tool");
  commit = tool.commit({
    "site.yml": "- hosts: all\n",
    "docs/manual.md": "read this\n",
    "docs/more/pictures.txt": "a picture\n",
    "roles/a/tasks/main.yml": "[]\n",
    "roles/a/files/large.json": "{}\n",
    "CHANGES.spec": "everything\n",
  });
  tool.git("branch", "old", commit);
  second = tool.commit({ "site.yml": "- hosts: some\n", "docs/manual.md": "read that\n" });
  tool.git("branch", "new", second);
  site.pins({ tool: { old: ["branch", commit], new: ["branch", second] } });
});
afterEach(() => site.remove());

function leaveOut(paths: Readonly<Record<string, string>>): void {
  const lines = Object.entries(paths).map(([path, why]) => `      ${path}: ${why}`);
  const text = site.read("vendor/vendor.yml") ?? "";
  site.write(
    "vendor/vendor.yml",
    text.replace("    folder: tool\n", `    folder: tool\n    leftOut:\n${lines.join("\n")}\n`),
  );
}
const LEFT_OUT = { docs: "the manual", "roles/a/files/large.json": "for few", "CHANGES.spec": "a list" };
const at = (path: string) => join(site.vendor, "tool", path);
const git = (...args: readonly string[]) =>
  execFileSync("git", ["-C", at("."), ...args], { encoding: "utf8" });
const verify = async () => (await site.run(["vendor:verify"])).code;

describe("files that vendor.yml leaves out", () => {
  test("are not on the disk, and nothing misses them: git, init, vendor:verify", async () => {
    leaveOut(LEFT_OUT);
    expect((await site.init()).code).toBe(0);
    expect(["docs", "CHANGES.spec", "roles/a/files"].map((path) => existsSync(at(path)))).toEqual([
      false,
      false,
      false,
    ]);
    expect(site.read("vendor/tool/roles/a/tasks/main.yml")).toBe("[]\n");
    expect(git("status", "--porcelain")).toBe("");
    expect((await site.init()).stdout).toContain("unchanged");
    expect(await verify()).toBe(0);
  });

  test("count in the recorded content: with and without them the lock file is the same", async () => {
    await site.init();
    const whole = site.read("vendor/vendor.lock.yml");
    rmSync(at("."), { recursive: true });
    leaveOut(LEFT_OUT);
    await site.init();
    expect(site.read("vendor/vendor.lock.yml")).toBe(whole);
  });

  test("come with one git command, without the mirror; a change of one is then never overwritten", async () => {
    leaveOut(LEFT_OUT);
    await site.init();
    rmSync(site.mirror, { recursive: true });
    git("sparse-checkout", "disable");
    expect(site.read("vendor/tool/docs/manual.md")).toBe("read this\n");
    expect((await site.run(["init", "--trees-only", "--offline"])).stdout).toContain("unchanged");
    expect(await verify()).toBe(0);
    site.write("vendor/tool/docs/manual.md", "notes of ours\n");
    expect(await verify()).toBe(4);
    const { code, stderr } = await site.run(["init", "--trees-only", "--ref", "tool=new"]);
    expect(stderr).toContain("docs/manual.md");
    expect(code).toBe(4);
    expect(site.read("vendor/tool/docs/manual.md")).toBe("notes of ours\n");
  });

  test("stay out when the tree moves", async () => {
    leaveOut(LEFT_OUT);
    await site.init();
    expect((await site.init("--ref", "tool=new")).code).toBe(0);
    expect(existsSync(at("docs"))).toBe(false);
    expect(site.read("vendor/tool/site.yml")).toBe("- hosts: some\n");
  });

  test.each([
    ["with the name of one of them", "docs/manual.md"],
    ["beside them", "docs/ours.md"],
  ])("a file that somebody made %s stops init: it is never overwritten", async (_, path) => {
    leaveOut(LEFT_OUT);
    await site.init();
    site.write(`vendor/tool/${path}`, "notes of ours\n");
    for (const args of [[], ["--ref", "tool=new"]]) {
      const { code, stderr } = await site.init(...args);
      expect(stderr).toContain(path);
      expect(code).toBe(4);
      expect(site.read(`vendor/tool/${path}`)).toBe("notes of ours\n");
    }
    expect(await verify()).toBe(4);
  });

  test("can be patched, and are as upstream has them when the patch goes", async () => {
    leaveOut(LEFT_OUT);
    site.patch(
      "tool",
      "spec.yml",
      "title: A change\nwhy: a test\nlink: https://example.com\nretire: never\nedits:\n  - { file: CHANGES.spec, text: everything, replace: nothing at all that anybody reads }\n",
    );
    const patched = await site.init();
    expect(patched.stderr).not.toContain("    at ");
    expect(patched.code).toBe(0);
    expect(site.read("vendor/tool/CHANGES.spec")).toBe("nothing at all that anybody reads\n");
    expect(await verify()).toBe(0);
    rmSync(join(site.vendor, "patches", "tool", "spec.yml"));
    expect((await site.init()).code).toBe(0);
    expect([undefined, "everything\n"]).toContain(site.read("vendor/tool/CHANGES.spec"));
    expect(await verify()).toBe(0);
  });

  test("come back for a phase that reads them, the others do not, and local changes stay", async () => {
    leaveOut(LEFT_OUT);
    await site.init();
    rmSync(site.mirror, { recursive: true });
    await restoreLeftOut(site.vendor, "tool", ["docs/more"], process.env);
    expect(site.read("vendor/tool/docs/more/pictures.txt")).toBe("a picture\n");
    expect(existsSync(at("docs/manual.md"))).toBe(false);
    expect(existsSync(at("CHANGES.spec"))).toBe(false);
    expect(await verify()).toBe(0);
    site.write("vendor/tool/docs/more/pictures.txt", "ours\n");
    await restoreLeftOut(site.vendor, "tool", ["docs"], process.env);
    expect(site.read("vendor/tool/docs/more/pictures.txt")).toBe("ours\n");
    expect(git("status", "--porcelain")).toBe(" M docs/more/pictures.txt\n");
  });

  test.each([
    ["outside of the tree", { "../other": "x" }, "a path in the tree"],
    ["in git's own folder", { ".git/config": "x" }, "a path in the tree"],
    ["with a wildcard", { "'docs/*'": "x" }, "without wildcards"],
    ["without a reason", { docs: '""' }, "sources.tool.leftOut.docs is empty"],
  ])("%s are refused with their place in vendor.yml", async (_, paths, says) => {
    leaveOut(paths);
    const { code, stderr } = await site.init();
    expect(stderr).toContain(says);
    expect(stderr).toMatch(/vendor\/vendor\.yml:\d+:\d+/);
    expect(code).toBe(2);
  });
});
