import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { GateError } from "../../../tasks/core/errors.ts";
import { ensurePrivateFolder, readOptional, writeAtomic, writeIfChanged } from "../../../tasks/io/files.ts";
import { temporaryFolder } from "../../helpers/temporary-folder.ts";

const mode = (path: string) => statSync(path).mode & 0o777;

describe("one file", () => {
  it("is replaced whole, with its folders and its mode", () => {
    const path = join(temporaryFolder(), "a", "b", "secret");
    writeAtomic(path, "1", 0o600);
    writeAtomic(path, "2", 0o600);
    expect([readFileSync(path, "utf8"), mode(path)]).toEqual(["2", 0o600]);
    expect(readdirSync(join(path, ".."))).toEqual(["secret"]);
  });

  it("is left alone when it already says this, and narrowed when its mode is wrong", () => {
    const path = join(temporaryFolder(), "file");
    expect(writeIfChanged(path, "1", 0o600)).toBe(true);
    expect(writeIfChanged(path, "1", 0o600)).toBe(false);
    chmodSync(path, 0o644);
    expect(writeIfChanged(path, "1", 0o600)).toBe(true);
    expect(mode(path)).toBe(0o600);
  });

  it("that cannot be written is an error with the path and the remedy", () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, "file"), "");
    expect(() => writeAtomic(join(folder, "file", "below"), "x")).toThrow(GateError);
    expect(() => writeAtomic(join(folder, "file", "below"), "x")).toThrow(
      /below: a folder above it is a file/,
    );
    mkdirSync(join(folder, "folder"));
    expect(() => writeAtomic(join(folder, "folder"), "x")).toThrow(/folder: a folder has its name/);
    expect(readdirSync(folder).sort()).toEqual(["file", "folder"]);
  });

  it("that does not exist reads as undefined, even below a file", () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, "file"), "");
    expect(readOptional(join(folder, "none"))).toBeUndefined();
    expect(readOptional(join(folder, "file", "none"))).toBeUndefined();
  });
});

it("a private folder is private, also when it was there before", () => {
  const folder = join(temporaryFolder(), "build", "credentials");
  ensurePrivateFolder(folder);
  chmodSync(folder, 0o755);
  ensurePrivateFolder(folder);
  expect(mode(folder)).toBe(0o700);
  expect(mode(join(folder, "..")) & 0o055).toBe(0o055);
});
