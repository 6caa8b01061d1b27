/** Python tools from PyPI for tests, pinned, in a virtual environment below build/ that later runs find again. */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";

const ROOT = resolve(import.meta.dirname, "../..");

/**
 * @param name folder in test/ with a requirements.txt.
 * @returns the environment's bin folder.
 * @throws when Python has no venv (Debian: python3-venv), or the packages cannot be downloaded.
 */
export function pythonTools(name: string): string {
  const requirements = join(ROOT, "test", name, "requirements.txt");
  const key = createHash("sha256").update(readFileSync(requirements)).digest("hex").slice(0, 12);
  const folder = join(ROOT, "build", "venvs", `${name}-${key}`);
  if (existsSync(folder)) return join(folder, "bin");
  // Scripts name the folder that they were installed into, so it is linked when complete, not moved: an interrupted
  // installation is never used, and of two processes that install at once the slower one uses the other's.
  const made = `${folder}.${process.pid}`;
  mkdirSync(dirname(folder), { recursive: true });
  const run = (command: string, ...args: string[]): void =>
    void execFileSync(command, args, { stdio: ["ignore", "ignore", "inherit"] });
  rmSync(made, { recursive: true, force: true });
  run("python3", "-m", "venv", made);
  run(join(made, "bin", "pip"), "install", "--quiet", "--no-deps", "-r", requirements);
  try {
    symlinkSync(basename(made), folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    rmSync(made, { recursive: true });
  }
  return join(folder, "bin");
}
