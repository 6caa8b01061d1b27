/** The tools' own checks accept what we render, and know every variable in it. */
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { ClusterModel, ToolName } from "../../../tasks/core/model.ts";
import { toolFiles, toolInventory } from "../../../tasks/deploy/tool-files.ts";
import { writeFileSet } from "../../../tasks/io/file-set.ts";
import { ansibleEnvironment, findAnsibleOf, findTree } from "../../helpers/ansible.ts";
import { aCluster, aHost, SMALL_HOSTS } from "../../helpers/model.ts";
import { temporaryFolder } from "../../helpers/temporary-folder.ts";

const EVERYTHING = {
  hosts: [
    ...SMALL_HOSTS,
    aHost("bastion", 60, ["bastion"]),
    aHost("rgw1", 61, ["ceph-rgw", "ceph-mds"]),
    aHost("node6", 62, ["worker"], {
      ip6: "fd00::62",
      ssh: { user: "debian", port: 22, hostKeys: "strict" },
    }),
  ],
  network: {
    machines: ["10.42.0.0/16", "fd00::/64"],
    pods: ["10.233.64.0/18", "fd85::/112"],
    services: ["10.233.0.0/18", "fd86::/116"],
    dns: { servers: ["10.42.0.1"], search: ["example.com"] },
    ntp: ["ntp.example.com"],
    proxy: { http: "http://proxy:3128", https: "http://proxy:3128", no: [".example.com"] },
  },
} satisfies Partial<ClusterModel>;
const MODELS: Readonly<Record<Exclude<ToolName, "custom">, ClusterModel>> = {
  kubespray: aCluster(EVERYTHING),
  "ceph-ansible": aCluster(EVERYTHING),
  "openshift-ansible": aCluster({ ...EVERYTHING, orchestrator: "openshift" }),
};
const UPSTREAMS = Object.keys(MODELS) as (keyof typeof MODELS)[];

describe.each(UPSTREAMS)("%s", (tool) => {
  const tree = findTree(tool);
  const ansible = findAnsibleOf(tool);
  if (tree === undefined || ansible === undefined) console.warn(`skipped: ${tool} is not here: npm run init`);

  it.skipIf(tree === undefined)("knows every variable that we render for it", () => {
    const inventory = toolInventory(MODELS[tool], tool)!;
    const names = new Set([
      ...Object.values(inventory.variables).flatMap((variables) => Object.keys(variables)),
      ...inventory.hosts.flatMap((host) => Object.keys(inventory.hostVariables(host))),
    ]);
    const unknown = [...names].filter((name) => !name.startsWith("ansible_") && !occurs(tree!, name));
    expect(unknown).toEqual([]);
  });

  it.skipIf(tree === undefined || ansible === undefined)("accepts the inventory in its own checks", () => {
    const folder = temporaryFolder();
    writeFileSet(folder, toolFiles(MODELS[tool], tool));
    const { playbook, facts } = CHECKS[tool](tree!, folder);
    const argv = ["-i", join(folder, "hosts.yml"), "-e", JSON.stringify(facts), playbook];
    const run = spawnSync(join(ansible!.bin, "ansible-playbook"), argv, {
      cwd: tree,
      encoding: "utf8",
      env: {
        ...ansibleEnvironment(join(tree!, "ansible.cfg")),
        ANSIBLE_ROLES_PATH: join(tree!, "roles"),
        ANSIBLE_STDOUT_CALLBACK: "default",
        ANSIBLE_CACHE_PLUGIN: "memory",
      },
    });
    expect(run.stdout + run.stderr).not.toMatch(/FAILED!|ERROR!|failed=[1-9]/);
    expect(run.status).toBe(0);
  });
});

interface Check {
  readonly playbook: string;
  /** What the checks would learn from the hosts. */
  readonly facts: object;
}

/** The parts of each tool that look at the inventory alone. No host is contacted. */
const CHECKS: Readonly<Record<(typeof UPSTREAMS)[number], (tree: string, folder: string) => Check>> = {
  kubespray: (tree, folder) => ({
    playbook: write(
      folder,
      `- import_playbook: ${tree}/playbooks/ansible_version.yml
- {hosts: all, gather_facts: false, roles: [dynamic_groups, validate_inventory]}`,
    ),
    facts: {},
  }),
  "ceph-ansible": (_, folder) => ({
    playbook: write(
      folder,
      `- hosts: mons:osds:mgrs:mdss:rgws:clients
  gather_facts: false
  tasks:
    - import_role: {name: ceph-defaults}
    - import_role: {name: ceph-validate, tasks_from: check_repository.yml}
    - import_role: {name: ceph-validate, tasks_from: check_ipaddr_mon.yml}
    - import_role: {name: ceph-validate, tasks_from: check_pools.yml}
    - import_role: {name: ceph-facts, tasks_from: set_monitor_address.yml}
    - import_role: {name: ceph-facts, tasks_from: set_radosgw_address.yml}
      when: inventory_hostname in groups['rgws']`,
    ),
    facts: {
      ansible_facts: { os_family: "Debian", distribution: "Debian", all_ipv4_addresses: ["10.42.0.30"] },
    },
  }),
  "openshift-ansible": (tree, folder) => ({
    playbook: write(
      folder,
      `- import_playbook: ${tree}/playbooks/init/evaluate_groups.yml
- hosts: oo_first_master
  gather_facts: false
  roles: [openshift_facts, lib_utils]
  tasks:
    - node_group_checks:
    - sanity_checks: {check_hosts: "{{ groups['oo_all_hosts'] }}"}`,
    ),
    facts: { ansible_distribution: "CentOS", ansible_python: { version: { major: 2, minor: 7 } } },
  }),
};

function write(folder: string, playbook: string): string {
  const path = join(folder, "check.yml");
  writeFileSync(path, `${playbook}\n`);
  return path;
}

function occurs(tree: string, word: string): boolean {
  return spawnSync("grep", ["-rqwF", word, "roles", "playbooks", "inventory"], { cwd: tree }).status === 0;
}
