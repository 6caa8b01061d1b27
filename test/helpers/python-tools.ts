/** A Python tool from PyPI for tests, pinned, in a virtual environment below build/ that later runs find again. */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { ROOT } from "./environment.ts";

/** @param name folder in test/ with a requirements.txt. @returns the environment's bin folder. */
export function pythonTools(name: string): string {
  const requirements = join(ROOT, "test", name, "requirements.txt");
  const key = createHash("sha256").update(readFileSync(requirements)).digest("hex").slice(0, 12);
  const folder = join(ROOT, "build", "venvs", `${name}-${key}`);
  if (existsSync(folder)) return join(folder, "bin");
  const half = `${folder}.${process.pid}`;
  mkdirSync(dirname(folder), { recursive: true });
  const run = (command: string, ...args: string[]): void =>
    void execFileSync(command, args, { stdio: ["ignore", "ignore", "inherit"] });
  rmSync(half, { recursive: true, force: true });
  run("python3", "-m", "venv", half);
  run(join(half, "bin", "pip"), "install", "--quiet", "--no-deps", "-r", requirements);
  // Moved when whole: an interrupted installation is never taken for one. Its scripts are run through its python.
  renameSync(half, folder);
  return join(folder, "bin");
}
