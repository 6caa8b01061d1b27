/** Hosts that a tool cannot work on stop a deploy before anything runs, and preflight tells of them. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { claimTool } from "../../helpers/claimed-tool.ts";
import { aSite, type Site } from "../../helpers/site.ts";

const INVENTORY = (interpreter: string) => `orchestrator: none
network: { machines: 192.0.2.0/24 }
storage: { ceph: { osdBackend: lab-file } }
hosts:
  gamma: { ip: 192.0.2.12, roles: [ceph-mon, ceph-mgr, ceph-osd] }
  delta: { ip: 192.0.2.13, roles: [ceph-mgr] }
tools:
  ceph-ansible:
    all: { ansible_connection: local, ansible_python_interpreter: /usr/bin/python3 }
    hosts: { gamma: { ansible_python_interpreter: ${interpreter} } }
`;

describe("a host whose Python is beyond the tool's Ansible", () => {
  let site: Site;

  beforeAll(async () => {
    site = await aSite();
    claimTool(site, {
      tool: "ceph-ansible",
      version: "stable-8.0",
      playbook: "site.yml",
      ours: ["ceph-prepare", "ceph-lab-osds", "ceph-verify", "preflight"],
      ansibleCore: "2.16.3",
    });
    const python = join(site.root, "python3");
    writeFileSync(python, "#!/bin/sh\necho Python 3.13.5\n", { mode: 0o755 });
    writeFileSync(join(site.root, "inventories", "site", "ceph.yml"), INVENTORY(python));
  }, 60_000);
  afterAll(() => site.remove());

  test("stops a deploy with 3 before anything runs, and names the constraint and where it comes from", async () => {
    const { code, stderr, stdout } = await site.run("deploy", "ceph");
    expect(code, stdout + stderr).toBe(3);
    expect(stderr).toContain("ceph: 1 host(s) are not supported by ceph-ansible");
    expect(stderr).toContain("KM453 gamma: the host has Python 3.13.5, but ansible-core 2.16.3 needs");
    expect(stderr).toContain("ansible-core support matrix");
    expect(stderr).toContain("Nothing was changed");
    expect(stdout).not.toContain("ceph ▸");
    expect(() => site.runs()).toThrow("ENOENT");
  });

  test("keeps nobody from working on other hosts", async () => {
    const { code, stderr, stdout } = await site.run("deploy", "ceph", "--limit", "delta", "--check");
    expect(code, stdout + stderr).toBe(0);
    expect(stdout).toContain("ceph: checked (nothing was changed)");
  });

  test("is a row of preflight's table, below where and why OSDs are made", async () => {
    const { code, stderr, stdout } = await site.run("preflight");
    expect(code, stdout + stderr).toBe(3);
    expect(stdout).toMatch(
      /^ceph: OSDs of gamma: a file each.*because storage\.ceph\.osdBackend is lab-file/m,
    );
    expect(stdout).toMatch(/^gamma +error +python +the host has Python 3\.13\.5, .*\[KM453\]/m);
    expect(stderr).toContain("1 preflight check(s) failed on 1 host(s)");
  });
});
