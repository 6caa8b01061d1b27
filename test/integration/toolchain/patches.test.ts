import { rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { aVendorSite, type Upstream, type VendorSite } from "../../helpers/vendor.ts";

let site: VendorSite;
let tool: Upstream;

const TASKS = `- name: Start it
  service: { name: it, state: started }
  ignore_errors: true  # for now

- name: Save it
  shell: "tool save /tmp/it"
`;
const EDIT = `title: Errors count
why: they were ignored
retire: never
edits:
  - { file: tasks.yml, task: Start it, key: ignore_errors, expect: true, set: false }
`;
const DIFF = `# why: this site saves elsewhere
--- a/tasks.yml
+++ b/tasks.yml
@@ -3,4 +3,4 @@
   ignore_errors: false  # for now
 
 - name: Save it
-  shell: "tool save /tmp/it"
+  shell: "tool save /var/it"
`;
const PATCHED = TASKS.replace("ignore_errors: true", "ignore_errors: false");

beforeEach(() => {
  site = aVendorSite();
  tool = site.upstream("tool");
  const commit = tool.commit({
    "tasks.yml": TASKS,
    "site.yml.sample": "- hosts: all\n",
    ".gitignore": "/*.yml\n!/tasks.yml\n",
  });
  site.pins({ tool: { main: ["branch", commit] } });
});
afterEach(() => site.remove());

const verify = () => site.run(["vendor:verify"]);

describe("patches", () => {
  test("are applied on top of each other, structured edits and a site's own diffs", async () => {
    site.patch("tool", "10-errors.yml", EDIT);
    site.patch("tool", "20-site.patch", DIFF);
    const { code, stdout } = await site.init();
    expect(stdout).toContain("2 patch(es)");
    expect(code).toBe(0);
    expect(site.read("vendor/tool/tasks.yml")).toBe(PATCHED.replace("/tmp/it", "/var/it"));
    expect((await site.run(["patches"])).stdout).toMatch(
      /applied +10-errors\.yml.*\n.*applied +20-site\.patch/,
    );
    expect((await verify()).code).toBe(0);
  });

  test("applied again change nothing", async () => {
    site.patch("tool", "10-errors.yml", EDIT);
    await site.init();
    const before = statSync(join(site.vendor, "tool", "tasks.yml")).mtimeMs;
    expect((await site.init()).stdout).toContain("unchanged");
    rmSync(join(site.vendor, "vendor.lock.yml"));
    expect((await site.init()).code).toBe(0);
    expect(statSync(join(site.vendor, "tool", "tasks.yml")).mtimeMs).toBe(before);
  });

  test("that come, change and go later change the tree that is there", async () => {
    await site.init();
    site.patch("tool", "10-errors.yml", EDIT);
    const open = await site.run(["patches"]);
    expect(open.stdout).toContain("not applied yet");
    expect((await verify()).stderr).toContain("patches of tool have changed since the last init");
    expect((await site.init()).stdout).toContain("patched again");
    expect(site.read("vendor/tool/tasks.yml")).toBe(PATCHED);
    site.patch("tool", "10-errors.yml", EDIT.replace("set: false", 'set: "{{ false }}"'));
    await site.init();
    expect(site.read("vendor/tool/tasks.yml")).toContain('ignore_errors: "{{ false }}"  # for now');
    rmSync(join(site.vendor, "patches"), { recursive: true });
    await site.init();
    expect(site.read("vendor/tool/tasks.yml")).toBe(TASKS);
    expect((await verify()).code).toBe(0);
  });

  test("are recognised as ours in a tree whose lock file is gone, also when the tree moves", async () => {
    site.patch("tool", "10-errors.yml", EDIT);
    await site.init();
    const old = /[0-9a-f]{40}/.exec(site.read("vendor/vendor.yml") ?? "")?.[0] ?? "";
    rmSync(join(site.vendor, "vendor.lock.yml"));
    const next = tool.commit({ "new.txt": "x\n" });
    tool.git("branch", "old", old);
    site.pins({ tool: { main: ["branch", next], old: ["branch", old] } });
    expect((await site.init()).stdout).toContain("moved to this commit");
    expect(site.read("vendor/tool/new.txt")).toBe("x\n");
    expect(site.read("vendor/tool/tasks.yml")).toBe(PATCHED);
  });

  test("can make a file from a sample, which is no local change, though upstream ignores it", async () => {
    site.patch(
      "tool",
      "site.yml",
      "title: t\nwhy: w\nretire: r\nedits: [{ file: site.yml, copy: site.yml.sample }]\n",
    );
    await site.init();
    expect(site.read("vendor/tool/site.yml")).toBe("- hosts: all\n");
    expect((await site.init()).stdout).toContain("unchanged");
    expect((await verify()).code).toBe(0);
    site.write("vendor/tool/site.yml", "- hosts: none\n");
    expect((await verify()).stderr).toContain("added     site.yml");
    const { code, stderr } = await site.init();
    expect(stderr).toContain("local change");
    expect(code).toBe(4);
    rmSync(join(site.vendor, "tool", "site.yml"));
    expect((await site.init()).code).toBe(0);
    expect(site.read("vendor/tool/site.yml")).toBe("- hosts: all\n");
  });

  test("that upstream has are retired, and said to be", async () => {
    site.patch("tool", "10-errors.yml", EDIT);
    site.pins({ tool: { main: ["branch", tool.commit({ "tasks.yml": PATCHED })] } });
    const { code, stdout, stderr } = await site.init();
    expect(stdout).toContain("no patches");
    expect(stderr).toContain("delete the patch");
    expect(code).toBe(0);
    expect((await site.run(["patches"])).stdout).toContain("retired");
  });

  test("that do not fit stop init with file and expectation, before any is applied", async () => {
    await site.init();
    site.patch("tool", "10-errors.yml", EDIT);
    site.patch(
      "tool",
      "20-other.yml",
      EDIT.replace("expect: true", 'expect: "maybe"').replace("Start it", "Save it"),
    );
    site.patch("tool", "30-site.patch", DIFF.replaceAll("tasks.yml", "gone.yml"));
    const { code, stderr } = await site.init();
    expect(stderr).toContain("20-other.yml: tasks.yml");
    expect(stderr).toContain("maybe");
    expect(stderr).toContain("30-site.patch: gone.yml");
    expect(code).toBe(4);
    expect(site.read("vendor/tool/tasks.yml")).toBe(TASKS);
    const listed = await site.run(["patches"]);
    expect(listed.stdout).toMatch(/conflict +20-other\.yml/);
    expect(listed.code).toBe(4);
  });

  test("of a tree that is not there yet leave none when they do not fit", async () => {
    site.patch("tool", "10-errors.yml", EDIT.replace("expect: true", "expect: 7"));
    expect((await site.init()).code).toBe(4);
    expect(site.read("vendor/tool/tasks.yml")).toBeUndefined();
    rmSync(join(site.vendor, "patches"), { recursive: true });
    expect((await site.init()).code).toBe(0);
  });

  test("are safe from somebody's hand in a patched file", async () => {
    site.patch("tool", "10-errors.yml", EDIT);
    await site.init();
    site.write("vendor/tool/tasks.yml", PATCHED.replace("started", "stopped"));
    const { code, stderr } = await site.init();
    expect(stderr).toContain("modified  tasks.yml");
    expect(code).toBe(4);
    expect(site.read("vendor/tool/tasks.yml")).toContain("stopped");
  });

  test.each([
    ["no reason", EDIT.replace(/why.*\n/, ""), "why is missing"],
    ["two actions", EDIT.replace("set: false", "set: false, remove: true"), "exactly one of"],
    ["a path outside", EDIT.replace("tasks.yml", "../x.yml"), "a path inside the tree"],
    ["a misspelt key", EDIT.replace("expect", "expct"), 'did you mean "expect"?'],
  ])("with %s are refused with their place", async (_, text, says) => {
    site.patch("tool", "bad.yml", text);
    const { code, stderr } = await site.init();
    expect(stderr).toContain(says);
    expect(stderr).toMatch(/vendor\/patches\/tool\/bad\.yml:\d+:\d+/);
    expect(code).toBe(2);
  });
});
