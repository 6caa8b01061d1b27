import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { GateError, InputError } from "../../../tasks/core/errors.ts";
import type { FileSet, RenderedFile } from "../../../tasks/core/file-set.ts";
import { compareFileSet } from "../../../tasks/io/file-set/compare.ts";
import { writeFileSet } from "../../../tasks/io/file-set.ts";
import { temporaryFolder } from "../../helpers/temporary-folder.ts";

const files = (contents: Readonly<Record<string, string | RenderedFile>>): FileSet =>
  new Map(
    Object.entries(contents).map(([path, file]) => [
      path,
      typeof file === "string" ? { content: file } : file,
    ]),
  );

const kinds = (folder: string, set: FileSet) =>
  Object.fromEntries(compareFileSet(folder, set).map(({ path, kind }) => [path, kind]));

const text = (...path: string[]) => readFileSync(join(...path), "utf8");
const mode = (...path: string[]) => statSync(join(...path)).mode & 0o777;

describe("writing a file set", () => {
  it("creates files and folders, with the mode that was asked for", () => {
    const folder = join(temporaryFolder(), "build", "prod", "custom");
    writeFileSet(
      folder,
      files({ "hosts.yml": "a\n", "group_vars/all/site.yml": { content: "s\n", mode: 0o600 } }),
    );
    expect(text(folder, "hosts.yml")).toBe("a\n");
    expect(mode(folder, "hosts.yml")).toBe(0o644);
    expect(mode(folder, "group_vars/all/site.yml")).toBe(0o600);
    expect(readdirSync(folder).sort()).toEqual([".manifest.json", "group_vars", "hosts.yml"]);
  });

  it("leaves unchanged files alone, to the last nanosecond", () => {
    const folder = temporaryFolder();
    const set = files({ "hosts.yml": "a\n", other: "b\n" });
    writeFileSet(folder, set);
    for (const name of ["hosts.yml", "other", ".manifest.json"]) utimesSync(join(folder, name), 1, 1);
    utimesSync(folder, 1, 1);
    const { changes } = writeFileSet(folder, set);
    expect(changes.every(({ kind }) => kind === "unchanged")).toBe(true);
    for (const name of ["", "hosts.yml", "other", ".manifest.json"])
      expect(statSync(join(folder, name)).mtimeMs).toBe(1000);
  });

  it("says what it would do, and does it", () => {
    const folder = temporaryFolder();
    writeFileSet(folder, files({ same: "1\n", changing: "1\n", "deep/er/going": "1\n" }));
    const next = files({ same: "1\n", changing: "2\n", coming: "1\n" });
    const expected = { same: "unchanged", changing: "changed", coming: "added", "deep/er/going": "removed" };
    expect(kinds(folder, next)).toEqual(expected);
    expect(text(folder, "changing")).toBe("1\n");
    const { changes } = writeFileSet(folder, next);
    expect(Object.fromEntries(changes.map(({ path, kind }) => [path, kind]))).toEqual(expected);
    expect(existsSync(join(folder, "deep"))).toBe(false);
    expect(Object.values(kinds(folder, next))).toEqual(["unchanged", "unchanged", "unchanged"]);
  });

  it("narrows permissions that are too wide, without touching the text", () => {
    const folder = temporaryFolder();
    const set = files({ "site.yml": { content: "password: x\n", mode: 0o600 } });
    writeFileSet(folder, set);
    chmodSync(join(folder, "site.yml"), 0o644);
    expect(compareFileSet(folder, set)).toMatchObject([{ kind: "changed", modeOnly: true, edited: false }]);
    writeFileSet(folder, set);
    expect(mode(folder, "site.yml")).toBe(0o600);
  });

  it("keeps what a tool left beside its inventory, and makes its folders private", () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, "artifacts"), { mode: 0o755 });
    writeFileSync(join(folder, "artifacts", "admin.conf"), "kubeconfig");
    writeFileSync(join(folder, "notes.txt"), "mine");
    writeFileSet(folder, files({ "hosts.yml": "a\n" }), ["artifacts", "credentials"]);
    writeFileSet(folder, files({}), ["artifacts", "credentials"]);
    expect(readdirSync(folder).sort()).toEqual(["artifacts", "credentials", "notes.txt"]);
    expect(text(folder, "artifacts", "admin.conf")).toBe("kubeconfig");
    expect([mode(folder, "artifacts"), mode(folder, "credentials")]).toEqual([0o700, 0o700]);
  });

  it("makes nothing at all for a tool that the cluster does not use", () => {
    const folder = join(temporaryFolder(), "openshift-ansible");
    writeFileSet(folder, files({}), ["credentials"]);
    expect(existsSync(folder)).toBe(false);
  });
});

describe("files that were edited by hand", () => {
  it("are kept beside the new text, never twice under one name", () => {
    const folder = temporaryFolder();
    writeFileSet(folder, files({ "hosts.yml": "1\n" }));
    writeFileSync(join(folder, "hosts.yml"), "mine\n");
    expect(compareFileSet(folder, files({ "hosts.yml": "2\n" }))).toMatchObject([
      { kind: "changed", edited: true },
    ]);
    expect([...writeFileSet(folder, files({ "hosts.yml": "2\n" })).saved]).toEqual([
      ["hosts.yml", "hosts.yml.orig"],
    ]);
    writeFileSync(join(folder, "hosts.yml"), "mine again\n");
    writeFileSet(folder, files({ "hosts.yml": "2\n" }));
    expect(text(folder, "hosts.yml")).toBe("2\n");
    expect(text(folder, "hosts.yml.orig")).toBe("mine\n");
    expect(text(folder, "hosts.yml.orig.2")).toBe("mine again\n");
  });

  it("are moved out of Ansible's sight, not deleted, when they are no longer rendered", () => {
    const folder = temporaryFolder();
    writeFileSet(folder, files({ "group_vars/etcd/site.yml": "1\n", "group_vars/all/site.yml": "1\n" }));
    writeFileSync(join(folder, "group_vars/etcd/site.yml"), "mine\n");
    const { saved } = writeFileSet(folder, files({ "hosts.yml": "1\n" }));
    expect([...saved.keys()]).toEqual(["group_vars/etcd/site.yml"]);
    expect(readdirSync(join(folder, "group_vars"))).toEqual(["etcd"]);
    expect(readdirSync(join(folder, "group_vars/etcd"))).toEqual(["site.yml.orig"]);
  });

  it("of anybody are kept, too: we do not know a file that was there before", () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, "hosts.yml"), "from another tool\n");
    writeFileSet(folder, files({ "hosts.yml": "1\n" }));
    expect(text(folder, "hosts.yml.orig")).toBe("from another tool\n");
  });

  it("are adopted when they say what would be rendered", () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, "hosts.yml"), "1\n");
    expect(writeFileSet(folder, files({ "hosts.yml": "1\n" })).saved.size).toBe(0);
    expect(kinds(folder, files({}))).toEqual({ "hosts.yml": "removed" });
  });

  it("that are symbolic links are replaced, and what they point to stays", () => {
    const folder = temporaryFolder();
    const elsewhere = join(temporaryFolder(), "precious");
    writeFileSync(elsewhere, "1\n");
    symlinkSync(elsewhere, join(folder, "hosts.yml"));
    writeFileSet(folder, files({ "hosts.yml": "1\n" }));
    expect(statSync(join(folder, "hosts.yml")).isFile()).toBe(true);
    expect(text(elsewhere)).toBe("1\n");
    writeFileSet(folder, files({}));
    expect(text(elsewhere)).toBe("1\n");
  });
});

describe("paths that lead elsewhere", () => {
  it.each(["../x", "/etc/x", "a/../../x", "a//b", "", ".", "a\0b"])("are refused: %j", (path) => {
    const folder = temporaryFolder();
    expect(() => writeFileSet(folder, files({ [path]: "x" }))).toThrow(InputError);
    expect(readdirSync(folder)).toEqual([]);
  });

  it("are refused in a manifest that somebody changed, and nothing is deleted", () => {
    const root = temporaryFolder();
    writeFileSync(join(root, "precious"), "x");
    const folder = join(root, "build");
    mkdirSync(folder);
    writeFileSync(
      join(folder, ".manifest.json"),
      JSON.stringify({ version: 1, files: { "../precious": ["0"] } }),
    );
    expect(() => writeFileSet(folder, files({ "hosts.yml": "1\n" }))).toThrow(InputError);
    expect(text(root, "precious")).toBe("x");
  });

  it("are refused behind a symbolic link to a folder", () => {
    const folder = temporaryFolder();
    const elsewhere = temporaryFolder();
    symlinkSync(elsewhere, join(folder, "group_vars"));
    expect(() => writeFileSet(folder, files({ "group_vars/all/site.yml": "x" }))).toThrow(/leads out of/);
    expect(readdirSync(elsewhere)).toEqual([]);
  });
});

describe("obstacles", () => {
  it("a folder in the place of a file: says so before anything is written", () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, "b"));
    expect(() => writeFileSet(folder, files({ a: "1\n", b: "1\n" }))).toThrow(/is a folder/);
    expect(existsSync(join(folder, "a"))).toBe(false);
  });

  it("a file in the place of a folder: says so, and nothing is half written", () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, "group_vars"), "");
    expect(() => writeFileSet(folder, files({ a: "1\n", "group_vars/all/site.yml": "1\n" }))).toThrow(
      GateError,
    );
    expect(existsSync(join(folder, "a"))).toBe(false);
    expect(readdirSync(folder).filter((name) => name.startsWith(".staging"))).toEqual([]);
  });

  it.each([
    ["{", /is damaged/],
    ['{"version":1,"files":{"a":7}}', /is damaged/],
    ['{"version":2,"files":{}}', /version 2/],
  ])("a manifest that is not ours (%s): refuses", (manifest, message) => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, ".manifest.json"), manifest);
    expect(() => compareFileSet(folder, files({ a: "1\n" }))).toThrow(message);
  });

  it("clears up after a render that was killed", () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, ".staging-999999999"));
    mkdirSync(join(folder, `.staging-${process.ppid}`));
    writeFileSet(folder, files({ a: "1\n" }));
    expect(readdirSync(folder).sort()).toEqual([".manifest.json", `.staging-${process.ppid}`, "a"]);
  });
});
