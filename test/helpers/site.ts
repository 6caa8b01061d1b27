/** A site of its own in a temporary folder: inventory, playbooks and build/, driven through the real command line. */
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { RunRecord } from "../../tasks/report/run-record.ts";
import { ansibleForTests, ROOT } from "./environment.ts";
import { type Ended, type Started, startCommand } from "./start-command.ts";

export interface Site {
  readonly root: string;
  run(...args: readonly string[]): Promise<Ended>;
  start(...args: readonly string[]): Started;
  /** Replaces the prep-hosts playbook. */
  playbook(text: string): void;
  /** Newest first. */
  runs(): readonly (RunRecord & { readonly folder: string })[];
  remove(): void;
}

/** Two hosts that Ansible reaches without SSH. */
const INVENTORY = `name: site
domain: example.com
orchestrator: none
ssh: { user: root }
network: { machines: 192.0.2.0/24, pods: 10.233.64.0/18, services: 10.233.0.0/18, dns: { servers: [192.0.2.1] } }
api: { vip: 192.0.2.100, port: 6443, domain: api.example.com, vrid: 7 }
hosts:
  alpha: { ip: 192.0.2.10, roles: [load-balancer] }
  beta: { ip: 192.0.2.11, roles: [load-balancer] }
tools: { custom: { all: { ansible_connection: local, ansible_python_interpreter: /usr/bin/python3 } } }
`;

export const play = (tasks: string): string =>
  `- name: Site\n  hosts: all\n  gather_facts: false\n  tasks:\n${tasks}`;

export async function aSite(options: { readonly within?: string } = {}): Promise<Site> {
  await ansibleForTests();
  const root = mkdtempSync(join(options.within ?? tmpdir(), "kube-magic-site-"));
  for (const folder of ["inventories/site", "custom/playbooks", "vendor"])
    mkdirSync(join(root, folder), { recursive: true });
  cpSync(join(ROOT, "inventories", "_defaults"), join(root, "inventories", "_defaults"), { recursive: true });
  cpSync(join(ROOT, "custom", "plugins"), join(root, "custom", "plugins"), { recursive: true });
  for (const folder of ["requirements", ".environments"])
    symlinkSync(join(ROOT, "vendor", folder), join(root, "vendor", folder));
  writeFileSync(join(root, "inventories", "site", "cluster.yml"), INVENTORY);
  writeFileSync(join(root, "custom", "ansible.cfg"), "[defaults]\n");
  const playbook = (text: string): void =>
    writeFileSync(join(root, "custom", "playbooks", "prep-hosts.yml"), text);
  playbook(play("    - ansible.builtin.ping:\n"));
  const start = (...args: readonly string[]): Started =>
    startCommand(args, { KUBE_MAGIC_ROOT: root, KUBE_MAGIC_CLUSTER: "site" });
  return {
    root,
    playbook,
    start,
    run: (...args) => start(...args).ended,
    runs() {
      const folder = join(root, "build", "site", "runs");
      const ids = readdirSync(folder).sort().reverse();
      return ids.map((id) => ({
        ...JSON.parse(readFileSync(join(folder, id, "run.json"), "utf8")),
        folder: join(folder, id),
      }));
    },
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}
