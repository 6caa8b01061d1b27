import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { NO_FLAGS, playbookCommand } from "../../../tasks/ansible/command.ts";
import { capture } from "../../../tasks/io/command/capture.ts";
import { ansibleForTests, ROOT } from "../../helpers/environment.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "kube-magic-speed-"));
  writeFileSync(
    join(folder, "hosts"),
    "alpha ansible_connection=local ansible_python_interpreter=/usr/bin/python3\n",
  );
  writeFileSync(join(folder, "ansible.cfg"), "[defaults]\n");
  writeFileSync(
    join(folder, "site.yml"),
    "- hosts: all\n  gather_facts: false\n  tasks: [{ping: {}}, {probe: {}}]\n",
  );
  mkdirSync(join(folder, "library"));
  writeModule("first");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A module of the tree, which answers with a word. */
function writeModule(word: string): void {
  const source = `#!/usr/bin/python
from ansible.module_utils.basic import AnsibleModule
AnsibleModule({}).exit_json(word="${word}")
`;
  writeFileSync(join(folder, "library", "probe.py"), source);
}

/** What the playbook printed, -v. */
async function run(modulesId: string | undefined, home = folder): Promise<string> {
  const { argv, cwd, env } = playbookCommand({
    tool: "custom",
    bin: (await ansibleForTests()).bin,
    tree: folder,
    playbook: "site.yml",
    inventory: join(folder, "hosts"),
    clusterBuild: folder,
    callbacks: join(ROOT, "custom", "plugins", "callback"),
    hostCount: 1,
    ...(modulesId === undefined ? {} : { modulesId }),
    extraVars: {},
    flags: { ...NO_FLAGS, verbose: true },
  });
  const library = { ANSIBLE_LIBRARY: join(folder, "library") };
  const ran = await capture(argv, {
    cwd,
    env: { ...process.env, ...env, ...library, HOME: home, LC_ALL: "C.UTF-8" },
  });
  expect(ran.code, ran.stdout + ran.stderr).toBe(0);
  return ran.stdout;
}

const kept = (): string[] => {
  const modules = join(folder, "modules", "custom");
  return existsSync(modules) ? readdirSync(modules).filter((name) => name.includes("-ZIP_")) : [];
};

test("modules are assembled once, for as long as what they are made of is the same", async () => {
  expect(await run("a")).toContain('"word": "first"');
  expect(kept()).toHaveLength(2);
  const made = (): number[] =>
    kept().map((name) => statSync(join(folder, "modules", "custom", name)).mtimeMs);
  const before = made();
  await run("a");
  expect(made()).toEqual(before);
  writeModule("second");
  expect(await run("b")).toContain('"word": "second"');
  expect(made().every((time, index) => time > (before[index] ?? 0))).toBe(true);
});

test("nothing is kept when nobody says what modules are made of", async () => {
  await run(undefined);
  expect(kept()).toEqual([]);
});

test("nothing is kept when the user has modules elsewhere", async () => {
  const home = mkdtempSync(join(tmpdir(), "kube-magic-home-"));
  try {
    mkdirSync(join(home, ".ansible", "plugins", "module_utils"), { recursive: true });
    await run("a", home);
    expect(kept()).toEqual([]);
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
});

test("a folder that cannot be used only costs time", async () => {
  writeFileSync(join(folder, "modules"), "in the way");
  expect(await run("a")).toContain('"word": "first"');
});
