/** Checks our Python and our Ansible with pinned tools: `tsx test/python.ts install|ruff|pytest|ansible-lint`. */
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { pythonTools } from "./helpers/python-tools.ts";

const root = resolve(import.meta.dirname, "..");
const custom = join(root, "custom");
const fixtures = join(root, "test", "fixtures");

type Check = (run: (tool: string, ...args: string[]) => number) => number;

const checks: Readonly<Record<string, Check>> = {
  // The tools themselves: once, before the others run side by side.
  install: () => 0,
  ruff: (run) => Math.max(run("ruff", "check"), run("ruff", "format", "--check", "--diff")),
  pytest: (run) => run("pytest", "tests", "--junitxml", join(root, "build", "test-results", "python.xml")),
  // Without names it checks the whole collection.
  "ansible-lint": (run) => Math.max(run("ansible-lint"), run("ansible-lint", ...fixturePlaybooks())),
};

function fixturePlaybooks(): string[] {
  return readdirSync(fixtures)
    .map((name) => join(fixtures, name, "playbook.yml"))
    .filter((file) => existsSync(file));
}

const bin = pythonTools("python");
const run = (tool: string, ...args: string[]): number => {
  const { status, error } = spawnSync(join(bin, tool), args, {
    stdio: "inherit",
    cwd: tool === "ruff" ? root : custom,
    env: {
      ...process.env,
      PATH: `${bin}:${process.env.PATH}`,
      ANSIBLE_CONFIG: join(custom, "ansible.cfg"),
      ...(process.stdout.isTTY ? {} : { NO_COLOR: "1" }),
    },
  });
  if (error !== undefined) console.error(`${tool}: ${error.message}`);
  return status ?? 1;
};
const [name = ""] = process.argv.slice(2);
const check = checks[name];
if (check === undefined) throw new Error(`one of ${Object.keys(checks).join(", ")}, not "${name}"`);
process.exitCode = check(run);
