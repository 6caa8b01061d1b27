import { existsSync, mkdirSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { aVendorSite, type Upstream, type VendorSite } from "../../helpers/vendor.ts";

let site: VendorSite;
let tool: Upstream;
let first: string;
let second: string;

beforeEach(async () => {
  site = aVendorSite();
  tool = site.upstream("tool");
  first = tool.commit({
    "site.yml": "- hosts: all\n",
    ".gitignore": "*.local\n",
    "roles/a/tasks/main.yml": "[]\n",
  });
  second = tool.commit({ "site.yml": "- hosts: some\n" });
  site.pins({ tool: { old: ["branch", first], new: ["branch", second] } });
  tool.git("branch", "old", first);
  tool.git("branch", "new", second);
  await site.init();
});
afterEach(() => site.remove());

const ours = "- hosts: mine\n";

describe("a tree with local changes is never overwritten", () => {
  const changes: readonly (readonly [name: string, path: string])[] = [
    ["a changed file", "site.yml"],
    ["a new file", "mine.yml"],
    ["a new file that upstream ignores", "secrets.local"],
  ];
  test.each(changes)("%s stops init with 4, which names it", async (_, path) => {
    site.write(`vendor/tool/${path}`, ours);
    for (const args of [[], ["--update"], ["--ref", "tool=new"]]) {
      const { code, stderr } = await site.init(...args);
      expect(stderr).toContain(path);
      expect(stderr).toContain("never overwrites");
      expect(stderr).toMatch(/tool (old|new) \(/);
      expect(code).toBe(4);
      expect(site.read(`vendor/tool/${path}`)).toBe(ours);
    }
    expect((await site.run(["vendor:verify"])).code).toBe(4);
    rmSync(join(site.vendor, "tool"), { recursive: true });
    expect((await site.init()).code).toBe(0);
  });

  test("a folder that init did not make", async () => {
    rmSync(join(site.vendor, "tool"), { recursive: true });
    site.write("vendor/tool/work.txt", "work of a week\n");
    const { code, stderr } = await site.init();
    expect(stderr).toContain("was not created by kube-magic");
    expect(stderr).toContain("work.txt");
    expect(code).toBe(4);
    expect(site.read("vendor/tool/work.txt")).toBe("work of a week\n");
  });

  test("another commit that was checked out by hand", async () => {
    const third = tool.commit({ "site.yml": "- hosts: third\n" });
    const git = ["-C", join(site.vendor, "tool")];
    const { execFileSync } = await import("node:child_process");
    execFileSync("git", [...git, "fetch", "--quiet", tool.folder, "main"]);
    execFileSync("git", [...git, "checkout", "--quiet", third]);
    const { code, stderr } = await site.init();
    expect(stderr).toContain(third.slice(0, 9));
    expect(code).toBe(4);
  });

  test("caches of Python and Ansible are no local change", async () => {
    site.write("vendor/tool/roles/__pycache__/x.pyc", "x");
    site.write("vendor/tool/site.retry", "host1\n");
    expect((await site.init()).code).toBe(0);
    expect((await site.run(["vendor:verify"])).code).toBe(0);
  });
});

describe("damage is mended", () => {
  test("an interrupted clone is replaced", async () => {
    rmSync(join(site.vendor, "tool"), { recursive: true });
    mkdirSync(join(site.vendor, "tool", ".git", "objects"), { recursive: true });
    writeFileSync(join(site.vendor, "tool", ".git", "HEAD"), "ref: refs/heads/main\n");
    const { code, stderr } = await site.init();
    expect(stderr).toContain("an earlier clone was interrupted");
    expect(code).toBe(0);
    expect(site.read("vendor/tool/site.yml")).toBe("- hosts: all\n");
  });

  test("missing files come back, past a lock that a killed git left", async () => {
    rmSync(join(site.vendor, "tool", "roles"), { recursive: true });
    writeFileSync(join(site.vendor, "tool", ".git", "index.lock"), "");
    expect((await site.run(["vendor:verify"])).stderr).toContain("missing   roles/a/tasks/main.yml");
    expect((await site.init()).code).toBe(0);
    expect(existsSync(join(site.vendor, "tool", "roles/a/tasks/main.yml"))).toBe(true);
    expect((await site.run(["vendor:verify"])).code).toBe(0);
  });

  test("vendor:verify reads contents: same size and same times do not fool it", async () => {
    const path = join(site.vendor, "tool", "site.yml");
    const { atime, mtime } = statSync(path);
    writeFileSync(path, "- hosts: ALL\n");
    utimesSync(path, atime, mtime);
    const { code, stderr } = await site.run(["vendor:verify"]);
    expect(stderr).toContain("difference");
    expect(code).toBe(4);
  });

  test.each([
    ["a merge left its marks", "<<<<<<< ours\n", "vendor/vendor.lock.yml"],
    [
      "a key is misspelt",
      "version: 1\nsources:\n  tool: { comit: x }\n",
      'unknown key "comit" in sources.tool, did you mean "commit"?',
    ],
  ])("a lock file where %s is refused with its place", async (_, text, says) => {
    site.write("vendor/vendor.lock.yml", text);
    const { code, stderr } = await site.init();
    expect(stderr).toContain(says);
    expect(stderr).toMatch(/vendor\.lock\.yml:\d+:\d+/);
    expect(code).toBe(2);
  });
});

describe("versions", () => {
  test("--ref moves the tree and is remembered; a wrong name suggests the nearest", async () => {
    const moved = await site.init("--ref", "tool=new");
    expect(moved.stdout).toContain("moved to this commit");
    expect(site.read("vendor/tool/site.yml")).toBe("- hosts: some\n");
    expect((await site.init()).stdout).toContain("tool: new");
    const wrong = await site.init("--ref", "tool=nwe");
    expect(wrong.stderr).toContain("did you mean new?");
    expect(wrong.code).toBe(2);
    expect((await site.init("--ref", "tool=old")).code).toBe(0);
    expect(site.read("vendor/vendor.lock.yml")).not.toContain("selected");
  });

  test("a pin that changes in vendor.yml moves nothing until --update", async () => {
    site.pins({ tool: { new: ["branch", second] } });
    const kept = await site.init();
    expect(kept.code).toBe(0);
    expect(kept.stderr).toContain("--update");
    expect(site.read("vendor/tool/site.yml")).toBe("- hosts: all\n");
    expect((await site.run(["vendor:verify"])).code).toBe(4);
    expect((await site.init("--update")).code).toBe(0);
    expect(site.read("vendor/tool/site.yml")).toBe("- hosts: some\n");
    expect((await site.run(["vendor:verify"])).code).toBe(0);
  });

  test("a fresh controller installs what the committed lock file says, not what vendor.yml says since", async () => {
    rmSync(join(site.vendor, "tool"), { recursive: true });
    site.pins({ tool: { new: ["branch", second], old: ["branch", first] } });
    expect((await site.init()).code).toBe(0);
    expect(site.read("vendor/tool/site.yml")).toBe("- hosts: all\n");
  });

  test.each([
    ["a short commit", (text: string) => text.replace(first, first.slice(0, 8)), "40 hexadecimal digits"],
    ["a misspelt key", (text: string) => text.replace("default:", "defualt:"), 'did you mean "default"?'],
    [
      "a default that is no version",
      (text: string) => text.replace("default: old", "default: odl"),
      "is not one of the versions",
    ],
    [
      "a folder outside",
      (text: string) => text.replace("folder: tool", "folder: ../tool"),
      "a path below vendor/",
    ],
    ["no YAML", () => "sources: [", "is never closed"],
  ])("vendor.yml with %s is refused with its place", async (_, change, says) => {
    site.write("vendor/vendor.yml", change(site.read("vendor/vendor.yml") ?? ""));
    const { code, stderr } = await site.init();
    expect(stderr).toContain(says);
    expect(stderr).toMatch(/vendor\/vendor\.yml:\d+:\d+/);
    expect(code).toBe(2);
  });
});
