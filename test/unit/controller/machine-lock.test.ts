import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { withLock, withTurn } from "../../../tasks/controller/machine-lock.ts";
import { LockedError } from "../../../tasks/core/errors.ts";

const unique = () => `test ${process.pid} ${Math.random()}`;

describe("a lab's lock", () => {
  test("refuses the second owner and names the first", async () => {
    const name = unique();
    await withLock(name, "lab:up", async () => {
      const refused = withLock(name, "lab:down", async () => "never");
      await expect(refused).rejects.toThrow(LockedError);
      await expect(refused).rejects.toThrow(
        new RegExp(`${name} is in use by lab:up, pid ${process.pid} on `),
      );
    });
    expect(await withLock(name, "lab:down", async () => "free again")).toBe("free again");
  });

  test("is free after the work failed", async () => {
    const name = unique();
    await expect(withLock(name, "x", () => Promise.reject(new Error("no")))).rejects.toThrow("no");
    expect(await withLock(name, "x", async () => 1)).toBe(1);
  });

  test("lets those who wait have their turn, one at a time", async () => {
    const name = unique();
    let inside = 0;
    let most = 0;
    const owners: string[] = [];
    const work = async () => {
      inside += 1;
      most = Math.max(most, inside);
      await new Promise((resolve) => setTimeout(resolve, 50));
      inside -= 1;
    };
    await Promise.all([1, 2, 3].map(() => withTurn(name, "x", (owner) => owners.push(owner), work)));
    expect(most).toBe(1);
    expect(owners.length).toBe(2);
  });

  test("is free at once when its owner is killed", async () => {
    const name = unique();
    const lock = fileURLToPath(new URL("../../../tasks/controller/machine-lock.ts", import.meta.url));
    const program = `import { withLock } from ${JSON.stringify(lock)};
      await withLock(${JSON.stringify(name)}, "victim", () => { console.log("held"); return new Promise(() => setInterval(() => {}, 1000)); });`;
    const child = spawn(process.execPath, ["--import", "tsx", "--input-type=module", "-e", program]);
    await once(child.stdout, "data");
    await expect(withLock(name, "x", async () => 1)).rejects.toThrow(`victim, pid ${child.pid}`);
    child.kill("SIGKILL");
    await once(child, "close");
    expect(await withLock(name, "x", async () => 1)).toBe(1);
  });
});
