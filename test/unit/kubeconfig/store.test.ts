import {
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { entriesFor } from "../../../tasks/kubeconfig/access.ts";
import { mergeInto, userFile } from "../../../tasks/kubeconfig/store.ts";
import { temporaryFolder } from "../../helpers/temporary-folder.ts";

const ACCESS = { authority: "-----BEGIN CERTIFICATE-----\n", server: "https://x:1", user: { token: "t" } };
const added = entriesFor(ACCESS, "prod", "https://api.example.com:6443");
const KEEP = { use: false, replace: false };
const BEFORE =
  "apiVersion: v1\nkind: Config\nclusters:\n- cluster: {server: https://a}\n  name: a\ncontexts:\n- context: {cluster: a}\n  name: a\nusers:\n- name: a\n  user: {}\n";

test("the user's file is the one that kubectl would write to", () => {
  const folder = temporaryFolder();
  const [first, second] = [join(folder, "one"), join(folder, "two")];
  expect(userFile({ HOME: folder })).toBe(join(folder, ".kube", "config"));
  expect(userFile({ KUBECONFIG: first })).toBe(first);
  expect(userFile({ KUBECONFIG: `${first}:${second}` })).toBe(second);
  writeFileSync(first, "");
  expect(userFile({ KUBECONFIG: `${first}:${second}` })).toBe(first);
});

test("a merge keeps what was there beside it, and both are for their owner only", () => {
  const file = join(temporaryFolder(), "config");
  writeFileSync(file, BEFORE, { mode: 0o644 });
  const outcome = mergeInto(file, added, KEEP);
  expect(outcome).toEqual({ changed: true, backup: `${file}.backup`, keptLayout: true });
  expect(readFileSync(`${file}.backup`, "utf8")).toBe(BEFORE);
  for (const path of [file, `${file}.backup`]) expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(mergeInto(file, added, KEEP)).toEqual({ changed: false, keptLayout: true });
  expect(readFileSync(`${file}.backup`, "utf8")).toBe(BEFORE);
});

test("a first file gets its folder, which is for its owner only", () => {
  const folder = join(temporaryFolder(), ".kube");
  expect(mergeInto(join(folder, "config"), added, KEEP)).toEqual({ changed: true, keptLayout: true });
  expect(statSync(folder).mode & 0o777).toBe(0o700);
  expect(readdirSync(folder)).toEqual(["config"]);
});

test("a symbolic link stays one, a dangling one is filled", () => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, "real"));
  const link = join(folder, "config");
  symlinkSync("real/config", link);
  for (const _ of ["dangling", "there"]) {
    mergeInto(link, added, KEEP);
    expect(lstatSync(link).isSymbolicLink()).toBe(true);
    expect(readFileSync(join(folder, "real", "config"), "utf8")).toContain("name: prod");
  }
  symlinkSync("circle", join(folder, "circle"));
  expect(() => mergeInto(join(folder, "circle"), added, KEEP)).toThrow(/circle/);
});

test("kubectl's lock is honoured, and none is left behind", () => {
  const folder = temporaryFolder();
  const file = join(folder, "config");
  writeFileSync(`${file}.lock`, "");
  expect(() => mergeInto(file, added, KEEP)).toThrow(/being written by another program/);
  expect(readdirSync(folder)).toEqual(["config.lock"]);
});

test("a damaged file, and another cluster of the same name, are left as they are", () => {
  const folder = temporaryFolder();
  const file = join(folder, "config");
  for (const [text, message] of [
    ["clusters: [", /cannot be merged into/],
    [BEFORE.replaceAll("name: a\n", "name: prod\n"), /another cluster named prod/],
  ] as const) {
    writeFileSync(file, text);
    expect(() => mergeInto(file, added, KEEP)).toThrow(message);
    expect(readFileSync(file, "utf8")).toBe(text);
    expect(readdirSync(folder)).toEqual(["config"]);
  }
  expect(mergeInto(file, added, { use: false, replace: true }).changed).toBe(true);
});
