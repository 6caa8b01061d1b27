/** The real trees: brought, patched, verified; and every playbook that we call loads under its tool's own Ansible. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ToolName } from "../../../tasks/core/model.ts";
import { openGit } from "../../../tasks/io/git.ts";
import { CATALOG } from "../../../tasks/phases/catalog.ts";
import { loadCatalogs } from "../../../tasks/toolchain/catalog/load.ts";
import { ansibleOf } from "../../../tasks/toolchain/environments/all-environments.ts";
import { originOf } from "../../../tasks/toolchain/fetch/mirror.ts";
import { planPatches } from "../../../tasks/toolchain/patches/plan.ts";
import { readPatches } from "../../../tasks/toolchain/patches/read.ts";
import { readLock } from "../../../tasks/toolchain/pins/lock-file.ts";
import { pinOf, readPins } from "../../../tasks/toolchain/pins/pins.ts";
import { anUpstreamSite, MIRROR, NO_MIRROR, type UpstreamSite } from "../../helpers/upstream.ts";

if (MIRROR === undefined) console.warn(`skipped: ${NO_MIRROR}`);

const TREES = ["kubespray", "ceph-ansible", "openshift-ansible"] as const;

describe.skipIf(MIRROR === undefined)("the real trees", () => {
  let site: UpstreamSite;
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "kube-magic-upstream-"));
    site = anUpstreamSite(folder);
    const { code, stderr } = site.run("init");
    if (code !== 0) throw new Error(stderr);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test("are at their pins, patched, and verified to the byte", () => {
    expect(site.run("vendor:verify").stdout).toContain("4 trees and 4 Ansible environments match their pins");
    const listed = site.run("patches");
    expect(listed.code).toBe(0);
    expect(listed.stdout).not.toMatch(/^ {2}(?:conflict|retired)/m);
  });

  test("stay as they are in the second run, in under half a second of its own time", () => {
    const { code, stdout, stderr } = site.run("init");
    expect(code).toBe(0);
    expect(stdout.match(/unchanged/g)).toHaveLength(4);
    // The bench has the limit; here only the order of magnitude, on a machine that may be busy.
    expect(Number(/init: ([\d.]+) s/.exec(stderr)?.[1])).toBeLessThan(5);
  });

  test.each(TREES)("%s: patches change only their own files, and leave valid YAML", async (tool) => {
    const locked = readLock(site.vendor).get(tool)!;
    const git = openGit(join(site.vendor, tool), { env: process.env });
    const changed = (await git.changes())
      .filter(({ path }) => !/__pycache__/.test(path))
      .map(({ path }) => path);
    expect(changed.sort()).toEqual(Object.keys(locked.files).sort());
  });

  const playbooks = CATALOG.flatMap((phase) =>
    phase.playbooks.flatMap((step) => {
      const { tool = phase.tool, playbook } = typeof step === "string" ? { playbook: step } : step;
      return tool === "custom" ? [] : [[tool, playbook] as const];
    }),
  );
  const DAY_2: readonly (readonly [ToolName, string])[] = [
    ...["facts", "scale", "upgrade_cluster", "remove_node", "reset", "recover_control_plane"].map(
      (name) => ["kubespray", `playbooks/${name}.yml`] as const,
    ),
    ...["rolling_update", "purge-cluster", "shrink-osd", "shrink-mon"].map(
      (name) => ["ceph-ansible", `infrastructure-playbooks/${name}.yml`] as const,
    ),
    ["openshift-ansible", "playbooks/openshift-node/scaleup.yml"],
  ];
  test.each([...playbooks, ...DAY_2])(
    "%s %s passes --syntax-check and lists its tasks under its own Ansible",
    async (tool, playbook) => {
      await loads(site, folder, tool, playbook);
    },
  );

  test("variables: what guides name is found, with its default", () => {
    const catalogs = loadCatalogs(site.vendor);
    const find = (tool: ToolName, name: string) =>
      catalogs.get(tool)?.variables.find((variable) => variable.name === name);
    expect(find("kubespray", "etcd_quota_backend_bytes")).toMatchObject({ default: "2147483648" });
    expect(find("ceph-ansible", "ceph_origin")).toMatchObject({ default: "dummy" });
    expect(
      find("openshift-ansible", "openshift_master_default_subdomain") ??
        catalogs.get("openshift-ansible")?.names.has("openshift_master_default_subdomain"),
    ).toBeTruthy();
    for (const tool of TREES) expect(catalogs.get(tool)!.variables.length).toBeGreaterThan(200);
    expect(site.run("vars", "kubespray", "etcd_quota").stdout).toContain(
      "etcd_quota_backend_bytes = 2147483648",
    );
  });

  test("a changed character is seen", () => {
    const path = join(site.vendor, "kubespray", "cluster.yml");
    const text = readFileSync(path, "utf8");
    try {
      writeFileSync(path, `${text}\n`);
      expect(site.run("vendor:verify").code).toBe(4);
    } finally {
      writeFileSync(path, text);
    }
  });

  test("other versions can be selected: ceph-ansible stable-8.0 with its own patch and Ansible, openshift-ansible release-4.18", async () => {
    const { code, stdout, stderr } = site.run(
      "init",
      "--ref",
      "ceph-ansible=stable-8.0",
      "--ref",
      "openshift-ansible=release-4.18",
    );
    expect(stderr).not.toContain("error");
    expect(code).toBe(0);
    expect(stdout).toMatch(/ceph-ansible +ansible-core 2\.16/);
    expect(stdout).toMatch(/openshift-ansible +ansible-core 2\.16/);
    expect(readLock(site.vendor).get("ceph-ansible")).toMatchObject({
      version: "stable-8.0",
      selected: true,
      patches: ["osd-memory-mask.yml", "scratch-is-no-change.yml", "site-playbook.yml"],
    });
    expect(site.run("vendor:verify").code).toBe(0);
    await loads(site, folder, "ceph-ansible", "site.yml");
    await loads(site, folder, "openshift-ansible", "playbooks/scaleup.yml");
    expect(
      site.run("init", "--ref", "ceph-ansible=stable-9.0", "--ref", "openshift-ansible=release-3.11").code,
    ).toBe(0);
  });
});

/** A playbook is parsed, with its roles and collections, and matched against an inventory; no host is contacted. */
async function loads(site: UpstreamSite, folder: string, tool: ToolName, playbook: string): Promise<void> {
  const environment = await ansibleOf(tool, {
    vendorFolder: site.vendor,
    env: process.env,
    progress: () => {},
    build: true,
  });
  const tree = join(site.vendor, tool);
  if (!existsSync(join(tree, playbook))) throw new Error(`${playbook} is not there`);
  const inventory = join(folder, `${tool}.ini`);
  writeFileSync(inventory, INVENTORY);
  for (const flag of ["--syntax-check", "--list-tasks", "--list-hosts"]) {
    const run = spawnSync(join(environment!.bin, "ansible-playbook"), ["-i", inventory, playbook, flag], {
      cwd: tree,
      encoding: "utf8",
      maxBuffer: 1 << 28,
      env: {
        PATH: process.env.PATH,
        HOME: folder,
        LC_ALL: "C.UTF-8",
        ANSIBLE_CONFIG: join(tree, "ansible.cfg"),
        ANSIBLE_LOG_PATH: join(folder, "log"),
        ANSIBLE_STDOUT_CALLBACK: "default",
        ANSIBLE_CACHE_PLUGIN: "memory",
        ...(tool === "ceph-ansible" ? { ANSIBLE_COLLECTIONS_PATH: join(site.vendor, "collections") } : {}),
      },
    });
    expect(run.stdout + run.stderr).not.toMatch(/ERROR!|couldn't resolve module/);
    expect(run.status).toBe(0);
  }
}

/** Commits in which upstream has mended what a patch of ours mends: there the patch must retire, not fail. */
const MENDED: readonly (readonly [source: string, version: string, patch: string, commit: string])[] = [
  ["kubespray", "v2.31.0", "image-save-warnings.yml", "8a5cfe8d77a1d94e5e3714135751f961d4476e13"],
  ["kubespray", "v2.31.0", "certs-renew-only-when-due.yml", "ae329ee1928df50b0076d6a74572a6d58a09b7ed"],
  ["kubespray", "v2.31.0", "etcd-events-start-errors.yml", "63bdde2aded9adfd49c696f707a91db99ca2955b"],
  ["kubespray", "v2.31.0", "control-plane-join-retry.yml", "7c8f928405c64527d848911c2aeebead459669e2"],
  ["kubespray", "v2.31.0", "wait-for-ready-without-network.yml", "7c8f928405c64527d848911c2aeebead459669e2"],
  ["kubespray", "v2.31.0", "calico-controllers-permissions.yml", "2d8f15f95a6fb6b216a0a6b3aeb8478df0d7cf9d"],
  ["kubespray", "v2.31.0", "nginx-open-files.yml", "6107c6ab7cd48d1104b3e6a47308967c7dbcfa5d"],
  ["ceph-ansible", "stable-8.0", "osd-memory-mask.yml", "aeec95c82b01cbab93c6f2140bb47fe24df6e21a"],
];

describe.skipIf(MIRROR === undefined)("a patch retires where upstream has it", () => {
  test.each(MENDED)("%s %s %s", async (source, version, name, commit) => {
    const vendor = join(import.meta.dirname, "../../../vendor");
    const folder = mkdtempSync(join(tmpdir(), "kube-magic-mended-"));
    try {
      const pin = pinOf(readPins(vendor), source, version);
      const git = openGit(folder, { env: process.env });
      await git.init();
      await git.fetch(originOf(pin, MIRROR, process.cwd()).url, commit, { kind: pin.ref, name: pin.version });
      await git.checkout(commit);
      const patch = readPatches(vendor, source).patches.find((one) => one.name === name)!;
      const { reports } = await planPatches([patch], version, (path) => git.committed(path), {
        env: process.env,
      });
      expect(reports[0]?.status).toEqual({ kind: "retired" });
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

const INVENTORY = `
[kube_control_plane]
node1
[kube_node]
node1
[etcd]
node1
[k8s_cluster:children]
kube_control_plane
kube_node
[mons]
node1
[mgrs]
node1
[osds]
node1
[clients]
node1
[masters]
node1
[nodes]
node1
[OSEv3:children]
masters
nodes
etcd
`;
