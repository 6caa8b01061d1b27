// Lints our own Ansible (custom/ and the fixtures) with a pinned ansible-lint in a virtual environment of its own.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const requirements = join(root, "test/ansible-lint/requirements.txt");
const fixtures = join(root, "test/fixtures");

function run(command, args, options = {}) {
  const { status, error } = spawnSync(command, args, { stdio: "inherit", cwd: root, ...options });
  if (error !== undefined) console.error(`${command}: ${error.message}`);
  return status ?? 1;
}

/** The environment's folder; its name says what is in it, so a changed pin makes a new one. */
function environment() {
  const key = createHash("sha256").update(readFileSync(requirements)).digest("hex").slice(0, 12);
  const folder = join(root, "build/venvs", `ansible-lint-${key}`);
  // Written last: an interrupted installation is never taken for a whole one.
  const complete = join(folder, "complete");
  if (existsSync(complete)) return folder;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(dirname(folder), { recursive: true });
  const made =
    run("python3", ["-m", "venv", folder]) === 0 &&
    run(join(folder, "bin/pip"), ["install", "--quiet", "--no-deps", "-r", requirements]) === 0;
  if (!made) {
    console.error(
      "ansible-lint cannot be installed: it needs Python with venv (python3-venv) and PyPI or a mirror.",
    );
    process.exit(1);
  }
  writeFileSync(complete, "");
  return folder;
}

const folder = environment();
const playbooks = readdirSync(fixtures, { withFileTypes: true })
  .map((entry) => join(fixtures, entry.name, "playbook.yml"))
  .filter((file) => existsSync(file));
const env = {
  ...process.env,
  VIRTUAL_ENV: folder,
  PATH: `${join(folder, "bin")}:${process.env.PATH}`,
  ANSIBLE_CONFIG: join(root, "custom/ansible.cfg"),
  ...(process.stdout.isTTY ? {} : { NO_COLOR: "1" }),
};
const lint = ["-c", ".ansible-lint", "--offline", "playbooks", "roles", ...playbooks];
process.exit(run(join(folder, "bin/ansible-lint"), lint, { cwd: join(root, "custom"), env }));
