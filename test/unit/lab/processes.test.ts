import { spawn } from "node:child_process";
import { once } from "node:events";
import { describe, expect, test } from "vitest";
import { isAlive, killNow, readProcess, waitGone, withDescendants } from "../../../tasks/lab/processes.ts";

describe("a process", () => {
  test("is its pid and its start time: a recycled pid is never killed", async () => {
    const child = spawn("sleep", ["60"]);
    await once(child, "spawn");
    const found = readProcess(child.pid ?? 0) ?? expect.unreachable();
    const earlier = { ...found, startTime: found.startTime - 1 };
    expect(isAlive(found)).toBe(true);
    expect(isAlive(earlier)).toBe(false);
    killNow(earlier);
    expect(isAlive(found)).toBe(true);
    expect(withDescendants(earlier)).toEqual([]);
    killNow(found);
    expect(await waitGone([found], 5000)).toEqual([]);
    killNow(found);
  });

  test("is found with everything below it, parents first", async () => {
    const child = spawn("sh", ["-c", "sleep 60 & echo ready; wait"]);
    await once(child.stdout, "data");
    const top = readProcess(child.pid ?? 0) ?? expect.unreachable();
    const all = withDescendants(top);
    expect(all).toHaveLength(2);
    expect(all[0]?.pid).toBe(top.pid);
    for (const entry of all) killNow(entry);
    expect(await waitGone(all, 5000)).toEqual([]);
  });
});
