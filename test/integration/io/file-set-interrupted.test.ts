/** A render may be killed, or the disk may fill up, at any moment: no file is ever half written, and the next one works. */
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { GateError } from "../../../tasks/core/errors.ts";
import type { FileSet } from "../../../tasks/core/file-set.ts";
import { compareFileSet } from "../../../tasks/io/file-set/compare.ts";
import { writeFileSet } from "../../../tasks/io/file-set.ts";
import { temporaryFolder } from "../../helpers/temporary-folder.ts";

const NAMES = [
  "hosts.yml",
  "group_vars/all/kube-magic.yml",
  "group_vars/all/site.yml",
  "group_vars/etcd/site.yml",
];
const LETTERS = ["a", "b"];
const fileSet = (letter: string, size: number): FileSet =>
  new Map(NAMES.map((name) => [name, { content: `${letter.repeat(size)}\n` }]));

/** Writes the two file sets in turn, until it is killed. */
const ENDLESS = `
import { writeFileSet } from ${JSON.stringify(fileURLToPath(new URL("../../../tasks/io/file-set.ts", import.meta.url)))};
const [folder, names] = [process.argv[1], JSON.parse(process.argv[2])];
console.log("ready");
for (let turn = 0; ; turn++) {
  const letter = turn % 2 === 0 ? "a" : "b";
  writeFileSet(folder, new Map(names.map((name) => [name, { content: letter.repeat(200000) + "\\n" }])));
}
`;

describe("a render that is killed", () => {
  it("leaves whole files, and the next one takes nothing of ours for an edit by hand", async () => {
    const folder = temporaryFolder();
    for (let round = 0; round < 12; round++) {
      const argv = ["--import", "tsx", "--input-type=module", "-e", ENDLESS, folder, JSON.stringify(NAMES)];
      const child = spawn(process.execPath, argv, { stdio: ["ignore", "pipe", "inherit"] });
      await once(child.stdout, "data");
      await sleep(5 + round * 7);
      child.kill("SIGKILL");
      await once(child, "exit");
      const whole = LETTERS.map((letter) => fileSet(letter, 200_000).get("hosts.yml")?.content);
      for (const name of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
        if (NAMES.includes(name)) expect(whole).toContain(readFileSync(join(folder, name), "utf8"));
      }
      for (const change of compareFileSet(folder, fileSet("c", 10))) expect(change.edited).toBe(false);
    }
    const { saved } = writeFileSet(folder, fileSet("c", 10));
    expect(saved.size).toBe(0);
    const left = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter(
      (name) => !name.includes("group_vars"),
    );
    expect(left.sort()).toEqual([".manifest.json", "hosts.yml"]);
  });
});

const mayMount = process.getuid?.() === 0 && spawnSync("unshare", ["--mount", "true"]).status === 0;
if (!mayMount) console.warn("skipped: a full disk needs root, to mount a tiny one");

describe.skipIf(!mayMount)("a full disk", () => {
  let tiny: string;
  beforeEach(() => {
    tiny = mkdtempSync(join(tmpdir(), "kube-magic-full-disk-"));
    expect(spawnSync("mount", ["-t", "tmpfs", "-o", "size=1m", "tmpfs", tiny]).status).toBe(0);
  });
  afterEach(() => {
    spawnSync("umount", [tiny]);
    rmSync(tiny, { recursive: true, force: true });
  });

  it("changes nothing, says so, and the next render works once there is room", () => {
    const folder = join(tiny, "custom");
    writeFileSet(folder, fileSet("a", 1000));
    const before = snapshot(folder);
    expect(() => writeFileSet(folder, fileSet("b", 300_000))).toThrow(GateError);
    expect(() => writeFileSet(folder, fileSet("b", 300_000))).toThrow(/no space left on the disk/);
    expect(snapshot(folder)).toEqual(before);
    expect(compareFileSet(folder, fileSet("a", 1000)).every(({ kind }) => kind === "unchanged")).toBe(true);
    expect(writeFileSet(folder, fileSet("c", 1000)).saved.size).toBe(0);
  });

  it("that is full to the last byte is an error, too", () => {
    const folder = join(tiny, "full");
    mkdirSync(folder);
    expect(() => writeFileSync(join(tiny, "ballast"), Buffer.alloc(2 << 20))).toThrow(/ENOSPC/);
    expect(() => writeFileSet(folder, fileSet("a", 5000))).toThrow(GateError);
    expect(readdirSync(folder)).toEqual([]);
  });
});

function snapshot(folder: string): Record<string, string> {
  return Object.fromEntries(NAMES.map((name) => [name, readFileSync(join(folder, name), "utf8")]));
}
