/** What becomes of real commands: their words, their ends, their output. */
import { chmodSync, closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { attach, startDetached } from "../../../tasks/io/command/attach.ts";
import { capture } from "../../../tasks/io/command/capture.ts";
import { startWithLog } from "../../../tasks/io/command/log.ts";
import { stream } from "../../../tasks/io/command/stream.ts";
import { identify, isAlive } from "../../../tasks/io/process-identity.ts";

const folder = mkdtempSync(join(tmpdir(), "kube-magic-command-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("a captured command", () => {
  test("is given its words as they are: no shell reads them", async () => {
    const words = ["", "a b", "$HOME", "`id`", "'", '"', "\n", "*", "a\\b", "é"];
    const { stdout } = await capture(["printf", "%s\\0", ...words]);
    expect(stdout.split("\0").slice(0, -1)).toEqual(words);
  });

  test.each([
    [["sh", "-c", "exit 3"], 3],
    [["sh", "-c", "exit 255"], 255],
    [["sh", "-c", "kill -TERM $$"], 143],
    [["sh", "-c", "kill -KILL $$"], 137],
    [["sh", "-c", "kill -INT $$"], 130],
    [["sh", "-c", "kill -USR1 $$"], 138],
  ] as const)("%j ends with %d, as in a shell", async (argv, code) => {
    expect(await capture(argv as never)).toMatchObject({ code, timedOut: false });
  });

  test("that does not exist, cannot be executed, or has too long arguments, says so", async () => {
    const plain = join(folder, "plain");
    writeFileSync(plain, "echo no");
    chmodSync(plain, 0o644);
    const script = join(folder, "script");
    writeFileSync(script, "#!/no/such/interpreter\n", { mode: 0o755 });
    const long = "x".repeat(200_000);
    const results = await Promise.all([
      capture(["no-such-program"]),
      capture([plain]),
      capture([script]),
      capture(["/tmp"]),
      capture(["echo", long]),
      capture(["echo", "a\0b"]),
      capture(["true"], { cwd: join(folder, "missing") }),
    ]);
    expect(results.map(({ code }) => code)).toEqual([127, 126, 127, 126, 126, 126, 127]);
    expect(results.map(({ stdout }) => stdout).join("")).toBe("");
    const said = results.map(({ stderr }) => stderr);
    expect(said[0]).toBe("no-such-program: not found\n");
    expect(said[1]).toBe(`${plain}: cannot be executed: permission denied\n`);
    expect(said[2]).toBe(`${script}: not found\n`);
    expect(said[4]).toBe("echo: the arguments are too long: Linux takes 128 KiB for one of them\n");
    expect(said[5]).toContain("null bytes");
    expect(said[6]).toBe(`true: not found, or the folder ${folder}/missing does not exist\n`);
  });

  test("may hold 120 kB in one argument and print 50 MB", async () => {
    const long = "x".repeat(120_000);
    expect((await capture(["echo", long])).stdout).toBe(`${long}\n`);
    expect((await capture(["head", "-c", "50000000", "/dev/zero"])).stdout).toHaveLength(50_000_000);
  });

  test("reads its input, none, or a part of it", async () => {
    const input = "x".repeat(1_000_000);
    expect((await capture(["cat"], { input })).stdout).toBe(input);
    expect((await capture(["cat"])).stdout).toBe("");
    expect(await capture(["true"], { input })).toMatchObject({ code: 0 });
    expect(await capture(["sh", "-c", "exec 0<&-; sleep 0.2; exit 7"], { input })).toMatchObject({ code: 7 });
  });

  test("is decoded as UTF-8, also when a character comes in two pieces; other bytes become U+FFFD", async () => {
    const halves = await capture(["sh", "-c", "printf '\\303'; sleep 0.2; printf '\\244'"]);
    expect(halves.stdout).toBe("ä");
    expect((await capture(["printf", "\\377\\376ab"])).stdout).toBe("\ufffd\ufffdab");
  });

  test("is heard while it runs", async () => {
    const heard: string[] = [];
    await capture(["sh", "-c", "echo a; sleep 0.2; echo b"], { onStdout: (text) => heard.push(text) });
    expect(heard).toEqual(["a\n", "b\n"]);
  });

  test("and what it started end when its time is over", async () => {
    const file = join(folder, "child");
    const started = Date.now();
    const ended = await capture(["sh", "-c", `sleep 60 & echo $! >${file}; wait`], { timeoutMs: 300 });
    expect(ended).toMatchObject({ code: 143, timedOut: true });
    expect(Date.now() - started).toBeLessThan(1500);
    await gone(Number(readFileSync(file, "utf8")));
  });

  test("that ignores the request to end is killed two seconds later", async () => {
    const started = Date.now();
    const ended = await capture(["sh", "-c", "trap '' TERM; sleep 30; sleep 30"], { timeoutMs: 200 });
    expect(ended).toMatchObject({ code: 137, timedOut: true });
    expect(Date.now() - started).toBeLessThan(5000);
  });

  test("ends on request, and does not begin after it", async () => {
    const abort = new AbortController();
    setTimeout(() => abort.abort(), 200);
    expect(await capture(["sleep", "30"], { signal: abort.signal })).toMatchObject({
      code: 143,
      timedOut: false,
    });
    const file = join(folder, "never");
    expect((await capture(["touch", file], { signal: abort.signal })).code).toBe(143);
    expect(() => readFileSync(file)).toThrow();
  });
});

describe("a command between files", () => {
  test("copies bytes that are no text", async () => {
    const [from, to] = [join(folder, "from"), join(folder, "to")];
    const bytes = Buffer.from(Array.from({ length: 300_000 }, (_, at) => (at * 7) % 256));
    writeFileSync(from, bytes);
    const [input, output] = [openSync(from, "r"), openSync(to, "w")];
    expect(await stream(["cat"], { input, output, env: process.env })).toEqual({ code: 0, stderr: "" });
    closeSync(input);
    closeSync(output);
    expect(readFileSync(to).equals(bytes)).toBe(true);
  });

  test("ends as a captured one does", async () => {
    const env = process.env;
    expect(await stream(["sh", "-c", "echo why >&2; exit 4"], { env })).toEqual({ code: 4, stderr: "why\n" });
    expect(await stream(["no-such-program"], { env })).toEqual({
      code: 127,
      stderr: "no-such-program: not found\n",
    });
    expect((await stream(["echo", "x".repeat(200_000)], { env })).code).toBe(126);
    const abort = new AbortController();
    setTimeout(() => abort.abort(), 200);
    expect((await stream(["sleep", "30"], { env, signal: abort.signal })).code).toBe(143);
    expect((await stream(["sleep", "30"], { env, signal: abort.signal })).code).toBe(143);
  });
});

describe("a command with a log", () => {
  const log = join(folder, "log");
  const options = { cwd: "/", env: process.env, outputFile: log };
  test("writes into it, and why it could not be started", async () => {
    expect(await startWithLog(["sh", "-c", "echo out; echo err >&2; exit 9"], options).ended).toEqual({
      code: 9,
    });
    expect(await startWithLog(["no-such-program"], options).ended).toEqual({ code: 127 });
    expect(readFileSync(log, "utf8")).toMatch(/^out\nerr\nno-such-program: not found/);
  });

  test("takes signals, and so does all that it has started", async () => {
    const file = join(folder, "grandchild");
    const running = startWithLog(["sh", "-c", `sleep 60 & echo $! >${file}; wait`], options);
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(running.signalled).toBe(false);
    running.signal("SIGTERM");
    expect([await running.ended, running.signalled]).toEqual([{ code: 143 }, true]);
    await gone(Number(readFileSync(file, "utf8")));
    running.signal("SIGKILL");
  });
});

test("an attached command gives back its code, and a missing one is an error", async () => {
  expect(await attach(["sh", "-c", "exit 5"])).toBe(5);
  expect(await attach(["sh", "-c", "kill -TERM $$"])).toBe(143);
  await expect(attach(["no-such-program"])).rejects.toThrow("ENOENT");
  await expect(startDetached(["no-such-program"], join(folder, "detached.log"))).rejects.toThrow("ENOENT");
});

async function gone(pid: number): Promise<void> {
  for (let tries = 0; tries < 50; tries++) {
    if (!isAlive(identify(pid))) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`${pid} still runs`);
}
