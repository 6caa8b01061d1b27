/** The door to hosts, with programs in the place of ssh and sudo that behave as the real ones do. */
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { askController, askHost } from "../../../tasks/hosts/ask.ts";
import { copyFromHost, copyToHost, outputToFile } from "../../../tasks/hosts/copy.ts";
import { eachHost } from "../../../tasks/hosts/each-host.ts";
import { aCluster, aHost } from "../../helpers/model.ts";

const folder = mkdtempSync(join(tmpdir(), "kube-magic-hosts-"));
const env = { ...process.env, PATH: `${folder}:${process.env.PATH}` };
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What sshd does with a command line: gives it to the user's shell. */
const LOGIN = 'for last; do :; done; exec sh -c "$last"';

function program(name: string, script: string): void {
  const path = join(folder, name);
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
}

const model = aCluster();
const root = aHost("h", 1, []);
const operator = aHost("h", 1, [], { ssh: { user: "op", port: 22, hostKeys: "strict" } });
const ask = (script: string, options: Partial<Parameters<typeof askHost>[3]> = {}, host = root) =>
  askHost(model, host, script, { env, seconds: 10, ...options });

beforeEach(() => {
  program("ssh", LOGIN);
  program("sudo", 'shift; exec "$@"');
});

describe("a script on a host", () => {
  test("answers with its exit code, its sections, and the rest of what it printed", async () => {
    const answer = await ask(`echo before; section one sh -c 'echo out; echo err >&2; exit 3'
section empty true
printf after; echo aside >&2; exit 4`);
    expect(answer).toMatchObject({ kind: "ran", code: 4, text: "before\nafter", stderr: "aside\n" });
    if (answer.kind !== "ran") return;
    expect([...answer.sections]).toEqual([
      ["one", { code: 3, text: "out\nerr\n" }],
      ["empty", { code: 0, text: "" }],
    ]);
  });

  test("is given variables that no shell changes, and no standard input", async () => {
    const value = `it's "$HOME" \`id\`\n*`;
    const answer = await ask('printf %s "$VALUE"; cat', { variables: { VALUE: value } });
    expect(answer).toMatchObject({ kind: "ran", code: 0, text: value });
  });

  test("may be left in every way, and traps run", async () => {
    expect(await ask("trap 'echo bye' EXIT; exit 255")).toMatchObject({
      kind: "ran",
      code: 255,
      text: "bye\n",
    });
    expect(await ask("exec sh -c 'echo x; exit 7'")).toMatchObject({ kind: "ran", code: 7, text: "x\n" });
    expect(await ask("kill -KILL $(exec sh -c 'echo $PPID')")).toMatchObject({ kind: "ran", code: 137 });
  });

  test("never runs in half", async () => {
    program("ssh", `for last; do :; done; head -c -20 | sh -c "$last"`);
    const file = join(folder, "half");
    expect(await ask(`touch ${file}; echo a`)).toMatchObject({ kind: "no-answer" });
    expect(() => readFileSync(file)).toThrow();
  });

  test("is not confused by a greeting, by output that looks like ours, or by bytes that are no text", async () => {
    program("ssh", `echo "Welcome! @@0123 ready"; ${LOGIN}`);
    const answer = await ask("printf '@@0123 end 0\\n\\377\\000x'; section s printf '\\n@@ done 0\\n'");
    expect(answer).toMatchObject({ kind: "ran", code: 0, text: "@@0123 end 0\n\ufffd\0x" });
    expect(answer.kind === "ran" && answer.sections.get("s")?.text).toBe("\n@@ done 0\n");
  });

  test("may print a lot", async () => {
    const answer = await ask("section big head -c 20000000 /dev/zero; head -c 20000000 /dev/zero");
    expect(answer.kind === "ran" && [answer.sections.get("big")?.text.length, answer.text.length]).toEqual([
      20_000_000, 20_000_000,
    ]);
  });

  test("is followed line by line", async () => {
    const lines: string[] = [];
    program("ssh", `echo Welcome; ${LOGIN}`);
    await ask("echo a; section s echo b; printf c; sleep 0.2; echo d", {
      onLine: (line) => lines.push(line),
    });
    expect(lines.filter((line) => line !== "")).toEqual(["a", "b", "cd"]);
  });

  test("runs as root through sudo, or as the user when that is enough", async () => {
    program("sudo", 'echo "sudo $*" >&2; shift; exec "$@"');
    expect(await ask("true", {}, operator)).toMatchObject({ stderr: "sudo -n sh -s\n" });
    expect(await ask("true", { asUser: true }, operator)).toMatchObject({ stderr: "" });
    expect(await ask("true")).toMatchObject({ stderr: "" });
  });

  test("also runs on this machine", async () => {
    expect(await askController("section a echo b", { env, seconds: 5 })).toMatchObject({
      kind: "ran",
      code: 0,
    });
  });
});

describe("no answer", () => {
  const because = async (ssh: string, options: Partial<Parameters<typeof askHost>[3]> = {}, host = root) => {
    program("ssh", ssh);
    const answer = await ask("sleep 5", options, host);
    if (answer.kind === "ran") throw new Error("it ran");
    return answer;
  };

  test.each([
    ["ssh: connect to host 10.0.0.1 port 22: Connection refused", "npm run preflight"],
    ["op@h: Permission denied (publickey).", "ssh.privateKeyFile"],
    ["Host key verification failed.", "ssh-keygen -R"],
  ])("%s", async (said, remedy) => {
    const answer = await because(`echo "@@@@ WARNING" >&2; echo "${said}" >&2; exit 255`);
    expect(answer).toMatchObject({ why: "unreachable", reason: said.replace("ssh: ", "") });
    expect(answer.remedy).toContain(remedy);
  });

  test("the user may not become root", async () => {
    program("sudo", 'echo "sudo: a password is required" >&2; exit 1');
    const answer = await because(LOGIN, {}, operator);
    expect(answer).toMatchObject({
      why: "not-root",
      reason: "the user op may not become root without a password: sudo: a password is required",
    });
    expect(answer.remedy).toContain("/etc/sudoers.d");
  });

  test("the login has no shell", async () => {
    expect(await because("echo 'This account is currently not available.'; exit 1")).toMatchObject({
      why: "unreachable",
      reason: "no shell started (exit code 1)",
    });
  });

  test("ssh is not installed", async () => {
    const answer = await askHost(model, root, "true", { env: { PATH: "/nonexistent" }, seconds: 5 });
    expect(answer).toMatchObject({ kind: "no-answer", why: "unreachable", reason: "ssh: not found" });
  });

  test("the patience ends, before the script began and in the middle of it", async () => {
    expect(await because("exec sleep 5", { seconds: 0.3 })).toMatchObject({
      why: "timeout",
      reason: "no answer within 0.3 s",
    });
    expect(await because(LOGIN, { seconds: 0.5 })).toMatchObject({
      why: "timeout",
      reason: "did not end within 0.5 s",
    });
  });

  test("the host dies in the middle", async () => {
    const dying = `for last; do :; done; timeout -s KILL 0.3 sh -c "$last"; echo "Timeout, server h not responding." >&2; exit 255`;
    expect(await because(dying)).toMatchObject({
      why: "broken",
      reason: "the SSH connection broke: Timeout, server h not responding.",
    });
  });

  test("we stop it", async () => {
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 300);
    const started = Date.now();
    expect(await because(LOGIN, { signal: stop.signal })).toMatchObject({ why: "stopped" });
    expect(Date.now() - started).toBeLessThan(3000);
  });
});

describe("files", () => {
  const there = join(folder, "it's a folder", "file");
  const here = join(folder, "here");
  const bytes = Buffer.from(Array.from({ length: 300_000 }, (_, at) => (at * 11) % 256));

  test("are copied there and back, byte by byte", async () => {
    writeFileSync(here, bytes);
    expect(await copyToHost(model, root, here, there, { env })).toEqual({ kind: "copied" });
    rmSync(here);
    expect(await copyFromHost(model, operator, there, here, { env })).toEqual({ kind: "copied" });
    expect(readFileSync(here).equals(bytes)).toBe(true);
  });

  test("are not copied, and the reason is given", async () => {
    expect(await copyFromHost(model, root, "/no/such/file", here, { env })).toMatchObject({
      kind: "failed",
      code: 1,
      reason: expect.stringContaining("No such file"),
    });
    expect(await outputToFile(model, root, ["no-such-program"], here, { env })).toMatchObject({ code: 127 });
    program("ssh", "echo 'ssh: connect to host h port 22: No route to host' >&2; exit 255");
    expect(await copyFromHost(model, root, there, here, { env })).toMatchObject({ why: "unreachable" });
    program("ssh", `for last; do :; done; timeout -s KILL 0.3 sh -c "$last"; exit 255`);
    expect(await outputToFile(model, root, ["sleep", "5"], here, { env })).toMatchObject({ why: "broken" });
  });
});

test("many hosts are asked a few at a time, and answer in their order", async () => {
  const hosts = Array.from({ length: 9 }, (_, index) => aHost(`h${index}`, index + 1, []));
  let running = 0;
  let most = 0;
  const names = await eachHost(hosts, 3, async ({ name }) => {
    most = Math.max(most, ++running);
    await new Promise((resolve) => setTimeout(resolve, 10 * Math.random()));
    running--;
    return name;
  });
  expect(names).toEqual(hosts.map(({ name }) => name));
  expect(most).toBe(3);
});
