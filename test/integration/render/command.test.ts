/** npm run render, as a user runs it. */
import { spawnSync } from "node:child_process";
import { appendFileSync, cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { repositoryRoot } from "../../../tasks/core/paths.ts";
import { temporaryFolder } from "../../helpers/temporary-folder.ts";

/** A repository of its own, with the example inventory as the cluster "prod". */
function aRepository() {
  const root = temporaryFolder();
  const inventories = join(repositoryRoot(), "inventories");
  cpSync(join(inventories, "_defaults"), join(root, "inventories", "_defaults"), { recursive: true });
  cpSync(join(inventories, "example"), join(root, "inventories", "prod"), { recursive: true });
  const run = (...args: string[]) => {
    const argv = ["--import", "tsx", join(repositoryRoot(), "tasks/main/main.ts"), "render", ...args];
    const { status, stdout, stderr } = spawnSync(process.execPath, argv, {
      cwd: repositoryRoot(),
      encoding: "utf8",
      env: { ...process.env, KUBE_MAGIC_ROOT: root },
    });
    return { status, stdout, stderr };
  };
  const site = (text: string) => {
    mkdirSync(join(root, "inventories/prod/local"), { recursive: true });
    writeFileSync(join(root, "inventories/prod/local/site.yml"), text);
  };
  return { root, run, site, build: join(root, "build/prod") };
}

it("renders, sees that nothing would change, then what would, and only then changes it", () => {
  const { run, site, build } = aRepository();
  expect(run("--check")).toMatchObject({ status: 2 });
  expect(existsSync(build)).toBe(false);
  expect(run().stdout).toContain("build/prod/openshift-ansible: not used by this cluster");
  expect(run("--check")).toMatchObject({ status: 0, stdout: "nothing would change\n" });

  site("tools: { kubespray: { all: { registry_password: s3cret, download_run_once: true } } }\n");
  const diff = run("--diff");
  expect(diff.status).toBe(0);
  expect(diff.stdout).toContain("+++ b/build/prod/kubespray/group_vars/all/site.yml");
  expect(diff.stdout).toContain("+registry_password: (hidden)\n+download_run_once: true\n");
  expect(diff.stdout).not.toContain("s3cret");
  expect(run("--check").status).toBe(2);

  expect(run("--tool", "custom").stdout).not.toContain("kubespray");
  expect(existsSync(join(build, "kubespray/group_vars/all/site.yml"))).toBe(false);
  expect(run("--tool", "kubespray").stdout).toContain("build/prod/kubespray: 1 added, 4 unchanged");
  expect(run("--check").status).toBe(0);
});

it("says where an edit by hand went", () => {
  const { run, build } = aRepository();
  run();
  const hosts = join(build, "custom/hosts.yml");
  appendFileSync(hosts, "\n# mine\n");
  expect(run("--check").stdout).toContain("edited by hand");
  expect(run().stderr).toContain("kept as build/prod/custom/hosts.yml.orig");
  expect(readFileSync(`${hosts}.orig`, "utf8")).toContain("# mine");
});

it("renders nothing from an inventory with errors, and says what is wrong", () => {
  const { run, site, build } = aRepository();
  site("hosts: { master1: { ip: 10.42.253.11 } }\n");
  const { status, stderr } = run();
  expect(status).toBe(2);
  expect(stderr).toMatch(/hosts\.yml:\d+:\d+: error KM\d+/);
  expect(existsSync(build)).toBe(false);
});

it("suggests the tool that was meant", () => {
  const { run } = aRepository();
  expect(run("--tool", "kubesprey")).toMatchObject({
    status: 2,
    stderr: expect.stringContaining('did you mean "kubespray"?'),
  });
});
