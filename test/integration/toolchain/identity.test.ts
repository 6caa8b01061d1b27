import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { treeIdentity } from "../../../tasks/toolchain/trees/identity.ts";
import { aVendorSite, type VendorSite } from "../../helpers/vendor.ts";

let site: VendorSite;
beforeEach(async () => {
  site = aVendorSite();
  const commit = site.upstream("tool").commit({
    "site.yml": "- hosts: all\n",
    "roles/a/tasks/main.yml": "[]\n",
    ".gitignore": "*.local\n",
  });
  site.pins({ tool: { main: ["branch", commit] } });
  expect((await site.init()).code).toBe(0);
});
afterEach(() => site.remove());

const at = (path: string) => join(site.vendor, "tool", path);
const identity = () => treeIdentity(site.vendor, "tool");

describe("the identity of a tool, by which --resume knows what it was done with", () => {
  const changes: readonly (readonly [name: string, change: () => void])[] = [
    ["a changed file", () => writeFileSync(at("site.yml"), "- hosts: none\n")],
    ["a new file", () => writeFileSync(at("roles/a/tasks/more.yml"), "[]\n")],
    ["a new file that upstream ignores", () => writeFileSync(at("secret.local"), "x\n")],
    ["a missing file", () => rmSync(at("roles/a/tasks/main.yml"))],
    ["a file that may be run", () => chmodSync(at("site.yml"), 0o755)],
    [
      "a link in place of a file",
      () => {
        rmSync(at("site.yml"));
        symlinkSync("roles/a/tasks/main.yml", at("site.yml"));
      },
    ],
    [
      "the same size and the same times",
      () => {
        const { atime, mtime } = statSync(at("site.yml"));
        writeFileSync(at("site.yml"), "- hosts: ALL\n");
        utimesSync(at("site.yml"), atime, mtime);
      },
    ],
  ];
  test.each(changes)("changes with %s", (_, change) => {
    const before = identity();
    change();
    expect(identity()).not.toBe(before);
    expect(identity()).toBe(identity());
  });

  test("is the same again when the change is taken back", () => {
    const before = identity();
    const text = readFileSync(at("site.yml"), "utf8");
    writeFileSync(at("site.yml"), `${text}# ours\n`);
    expect(identity()).not.toBe(before);
    writeFileSync(at("site.yml"), text);
    expect(identity()).toBe(before);
  });

  test("is the same for the same content: fetched anew, without its memory, with caches of Python", async () => {
    const before = identity();
    rmSync(join(site.vendor, "tool"), { recursive: true });
    await site.init();
    expect(identity()).toBe(before);
    rmSync(join(site.vendor, ".cache"), { recursive: true, force: true });
    expect(identity()).toBe(before);
    mkdirSync(at("roles/a/__pycache__"));
    writeFileSync(at("roles/a/__pycache__/x.pyc"), "x");
    writeFileSync(at("site.retry"), "host1\n");
    expect(identity()).toBe(before);
  });

  test.each([
    ["torn", "{"],
    ["of another format", '{"format":0,"files":{}}'],
  ])("does not trust a memory that is %s", (_, text) => {
    const before = identity();
    const memory = join(site.vendor, ".cache", "contents-tool.json");
    expect(existsSync(memory)).toBe(true);
    writeFileSync(memory, text);
    expect(identity()).toBe(before);
  });

  test("says so when a source is absent, and nothing of a tool that was never brought", () => {
    rmSync(join(site.vendor, "tool"), { recursive: true });
    expect(identity()).toBe("tool absent");
    expect(treeIdentity(site.vendor, "other")).toBeUndefined();
  });
});
