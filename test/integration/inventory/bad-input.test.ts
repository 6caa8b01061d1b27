/** Whatever is put into the folder of a cluster: exit code 2, one clear message a problem, never a stack trace. */
import { chmodSync, mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { capture } from "../../../tasks/io/command/capture.ts";
import { MINIMAL, makeRoot, REPOSITORY } from "../../helpers/inventory-folder.ts";
import { runCommand } from "../../helpers/run-command.ts";

const prod = (name: string, content: string | Uint8Array) =>
  makeRoot({ "prod/a.yml": MINIMAL, [`prod/${name}`]: content });

const bomb = `${Array.from({ length: 9 }, (_, level) => {
  const items = level === 0 ? "x" : `*l${level - 1}`;
  return `l${level}: &l${level} [${Array(10).fill(items).join(", ")}]`;
}).join("\n")}\n`;

describe("validate", () => {
  it.each<[string, string | Uint8Array, string]>([
    [
      "a tab",
      "hosts:\n\tw1: {}\n",
      "inventories/prod/b.yml:2:1: error KM006: a tab stands where YAML needs spaces",
    ],
    ["an unclosed bracket", "hosts: [\n", "KM005"],
    [
      "a wrong type",
      "api: { port: x }\n",
      "inventories/prod/b.yml:1:14: error KM101: api.port must be a number",
    ],
    ["an unknown key", "hots: {}\n", 'unknown key "hots" in the inventory, did you mean "hosts"?'],
    [
      "a contradiction",
      "hosts: { w2: { ip: 10.0.0.10, roles: [worker] } }\n",
      "w2 has the address 10.0.0.10, which master1 has too",
    ],
    ["an alias bomb", bomb, "KM010: the file stands for more than 1,000,000 values"],
    [
      "a file of 10 MB",
      `a: ${"x".repeat(10 * 1024 * 1024)}`,
      "KM002: the file has 10.0 MiB, more than the limit of 4 MiB",
    ],
    ["a binary file", Uint8Array.from({ length: 4096 }, (_, index) => (index * 7) % 256), "KM003"],
    ["a file cut by a crash", `${MINIMAL}\0\0\0\0`, "KM004: the file holds a NUL byte"],
    ["a UTF-16 file", Buffer.from("\ufeffa: 1\n", "utf16le"), "KM003: the file is encoded as UTF-16"],
    [
      "a Latin-1 file",
      Buffer.from("# f\xfcr alle\n", "latin1"),
      "inventories/prod/b.yml:1:4: error KM003: byte 0xfc is not UTF-8",
    ],
    ["a truncated character", Buffer.from([0x23, 0x20, 0xe2, 0x82]), "KM003"],
    ["a list", "- a\n", "KM018: an inventory file must be a map of sections"],
    ["a text", "just words\n", "KM018"],
    ["two documents", "ssh: {}\n---\nssh: {}\n", "inventories/prod/b.yml:2:1: error KM008"],
    ["deep nesting", `a: ${"{a: ".repeat(5000)}`, "KM011"],
  ])("%s", async (_name, content, says) => {
    const { code, out, err } = await runCommand(prod("b.yml", content), "validate");
    expect(code).toBe(2);
    expect(out).toContain(says);
    expect(`${out}${err}`).not.toMatch(/\bat .*\.ts:\d+/);
    for (const line of out.split("\n")) expect(line.length).toBeLessThan(400);
  });

  it("takes an empty file for one that says nothing", async () => {
    expect(await runCommand(prod("b.yml", ""), "validate")).toMatchObject({ code: 0 });
  });

  it("says what is missing when the whole cluster is empty", async () => {
    const { code, out } = await runCommand(makeRoot({ "prod/a.yml": "" }), "validate");
    expect(code).toBe(2);
    expect(out).toContain("error KM102: domain is missing");
    expect(out).toContain("inventories/prod: 0 hosts, 3 errors, 0 warnings");
  });

  it("names a directory where a file should be", async () => {
    const root = prod("b.yml/c.yml", "");
    const { code, out } = await runCommand(root, "validate");
    expect(code).toBe(2);
    expect(out).toContain("inventories/prod/b.yml:1:1: error KM001: this is not a regular file");
  });

  it("names a link that leads nowhere, and one that leads in a circle", async () => {
    const root = prod("b.yml", "");
    symlinkSync("nowhere", join(root, "inventories/prod/c.yml"));
    symlinkSync("d.yml", join(root, "inventories/prod/d.yml"));
    const { code, out } = await runCommand(root, "validate");
    expect(code).toBe(2);
    expect(out).toContain("inventories/prod/c.yml:1:1: error KM001: it does not exist");
    expect(out).toContain("inventories/prod/d.yml:1:1: error KM001: the symbolic links lead in a circle");
  });

  it.skipIf(process.getuid?.() === 0)(
    "names an unreadable file (skipped for root, who can read everything)",
    async () => {
      const root = prod("b.yml", "ssh: {}\n");
      chmodSync(join(root, "inventories/prod/b.yml"), 0o000);
      const { code, out } = await runCommand(root, "validate");
      expect(code).toBe(2);
      expect(out).toContain("KM001: permission to read it is missing");
    },
  );

  it("names a file where a folder should be", async () => {
    const { code, out } = await runCommand(prod("local", "x"), "validate");
    expect(code).toBe(2);
    expect(out).toContain("inventories/prod/local:1:1: error KM001: this is not a folder");
  });

  it("does not wait for a pipe that nobody writes to", async () => {
    const root = prod("b.yml", "");
    const made = await capture(["mkfifo", join(root, "inventories/prod/c.yml")]);
    expect(made.code).toBe(0);
    expect((await runCommand(root, "validate")).out).toContain("this is not a regular file");
  });

  it("lists the clusters for a wrong name and for none", async () => {
    const root = makeRoot({ "prod/a.yml": MINIMAL, "test/a.yml": MINIMAL });
    expect(await runCommand(root, "validate", "--cluster", "pord")).toMatchObject({
      code: 2,
      err: expect.stringContaining('did you mean "prod"?'),
    });
    expect((await runCommand(root, "validate")).err).toContain("choose from: prod, test");
  });

  it("refuses a file where the cluster's folder should be", async () => {
    const root = makeRoot({ prod: "x" });
    mkdirSync(join(root, "inventories/test"));
    expect((await runCommand(root, "validate", "--cluster", "prod")).err).toContain(
      'there is no cluster "prod"',
    );
  });
});

describe("the command line", () => {
  it("exits 2 and shows no stack for a broken inventory", async () => {
    const root = prod("b.yml", "hosts: [\n");
    const entry = join(REPOSITORY, "tasks/main/main.ts");
    const { code, stdout, stderr } = await capture(
      [join(REPOSITORY, "node_modules/.bin/tsx"), entry, "validate"],
      {
        cwd: REPOSITORY,
        env: { ...process.env, KUBE_MAGIC_ROOT: root },
      },
    );
    expect(code).toBe(2);
    expect(stdout).toContain("inventories/prod: 2 hosts, 1 error, 0 warnings");
    expect(`${stdout}${stderr}`).not.toContain("    at ");
  });
});
