import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

/** Takes the lock, says so, and holds it until it is told to stop or killed. */
const HOLDER = `
import { acquireLock } from ${JSON.stringify(resolve(import.meta.dirname, "../../../tasks/io/lock.ts"))};
const [path, reason] = process.argv.slice(2);
try {
  const lock = await acquireLock(path, reason);
  console.log(JSON.stringify({ got: true, inherited: lock.inheritedFrom?.process.pid }));
  process.stdin.resume();
  process.stdin.once("end", () => { lock.release(); process.exit(0); });
} catch (error) {
  console.log(JSON.stringify({ got: false, exit: error.exitCode, message: error.message }));
}
`;

interface Answer {
  readonly got: boolean;
  readonly inherited?: number;
  readonly exit?: number;
  readonly message?: string;
}

let folder: string;
let script: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "kube-magic-lock-"));
  script = join(folder, "holder.mjs");
  writeFileSync(join(folder, "holder.ts"), HOLDER);
  await build({
    entryPoints: [join(folder, "holder.ts")],
    outfile: script,
    bundle: true,
    platform: "node",
    format: "esm",
  });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function contender(path: string, reason = "test") {
  const child = spawn(process.execPath, [script, path, reason], { stdio: ["pipe", "pipe", "inherit"] });
  const answer = new Promise<Answer>((done) =>
    child.stdout.once("data", (data) => done(JSON.parse(String(data)))),
  );
  const ended = new Promise<void>((done) => child.once("exit", () => done()));
  return { child, answer, ended };
}

describe("the lock", () => {
  test("names its owner to whoever comes second, with exit code 6", async () => {
    const path = join(folder, "second", "lock");
    const first = contender(path, "deploy kube");
    expect((await first.answer).got).toBe(true);
    const second = await contender(path).answer;
    expect(second).toMatchObject({ got: false, exit: 6 });
    expect(second.message).toContain(`process ${first.child.pid}`);
    expect(second.message).toContain("deploy kube");
    first.child.stdin.end();
    await first.ended;
    expect(readdirSync(join(folder, "second"))).toEqual([]);
  });

  test("of a killed owner is taken over by exactly one of many", async () => {
    const path = join(folder, "race", "lock");
    const dead = contender(path);
    await dead.answer;
    dead.child.kill("SIGKILL");
    await dead.ended;
    const many = Array.from({ length: 10 }, () => contender(path));
    const answers = await Promise.all(many.map(({ answer }) => answer));
    const winners = answers.filter(({ got }) => got);
    expect(winners).toHaveLength(1);
    expect(winners[0]?.inherited).toBe(dead.child.pid);
    for (const { child } of many) child.stdin.end();
    await Promise.all(many.map(({ ended }) => ended));
    expect(readdirSync(join(folder, "race"))).toEqual([]);
  });

  test("of a recycled pid counts as dead", async () => {
    const path = join(folder, "recycled", "lock");
    const first = contender(path);
    await first.answer;
    const owner = JSON.parse(readFileSync(path, "utf8"));
    first.child.kill("SIGKILL");
    await first.ended;
    // This very process has the pid now, but did not start when the owner did.
    writeFileSync(path, JSON.stringify({ ...owner, process: { ...owner.process, pid: process.pid } }));
    const next = contender(path);
    expect((await next.answer).got).toBe(true);
    next.child.stdin.end();
    await next.ended;
  });

  test("of another machine is never taken over", async () => {
    const path = join(folder, "elsewhere", "lock");
    const first = contender(path);
    await first.answer;
    const owner = JSON.parse(readFileSync(path, "utf8"));
    first.child.stdin.end();
    await first.ended;
    writeFileSync(path, JSON.stringify({ ...owner, process: { pid: 1, host: "elsewhere" } }));
    expect(await contender(path).answer).toMatchObject({ got: false, exit: 6 });
  });

  test("that is not ours to read is left alone", async () => {
    const path = join(folder, "foreign", "lock");
    const first = contender(path);
    await first.answer;
    first.child.stdin.end();
    await first.ended;
    writeFileSync(path, "half a lo");
    const answer = await contender(path).answer;
    expect(answer).toMatchObject({ got: false, exit: 6 });
    expect(readFileSync(path, "utf8")).toBe("half a lo");
  });
});
