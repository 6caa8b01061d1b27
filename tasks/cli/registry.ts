/** Every command, in the order of --help. Task files are loaded only when they run. */
import type { Task } from "./task.ts";

export interface TaskEntry {
  readonly group: "Inventory" | "Deploy" | "Day 2" | "Vendor" | "Lab";
  readonly summary: string;
  load(): Promise<{ readonly task: Task }>;
}

const entry = (group: TaskEntry["group"], summary: string, load: TaskEntry["load"]): TaskEntry => ({
  group,
  summary,
  load,
});

export const REGISTRY: Readonly<Record<string, TaskEntry>> = {
  validate: entry("Inventory", "every problem of an inventory at once", () => import("../validate.ts")),
  explain: entry("Inventory", "where a value comes from and where it goes", () => import("../explain.ts")),
  schema: entry("Inventory", "the editors' schema and the reference pages", () => import("../schema.ts")),
  render: entry("Inventory", "each tool's inventory from the central one", () => import("../render.ts")),
  "inventory:import": entry(
    "Inventory",
    "a central inventory from the tools' own ones",
    () => import("../inventory-import.ts"),
  ),
  preflight: entry("Deploy", "check every host, change nothing", () => import("../preflight.ts")),
  plan: entry("Deploy", "what a deploy would run, what not, and why", () => import("../plan.ts")),
  deploy: entry("Deploy", "run all phases, or those named", () => import("../deploy.ts")),
  "ceph:status": entry(
    "Deploy",
    "Ceph's health, monitors, OSDs and space",
    () => import("../ceph-status.ts"),
  ),
  kubeconfig: entry(
    "Deploy",
    "the administrator's kubeconfig: kept, merged or encrypted",
    () => import("../kubeconfig.ts"),
  ),
  "monitoring:status": entry(
    "Deploy",
    "what is not well, as Nagios sees it",
    () => import("../monitoring-status.ts"),
  ),
  "ldap:check": entry(
    "Deploy",
    "which groups of the directory would be brought",
    () => import("../ldap-check.ts"),
  ),
  status: entry("Deploy", "what runs now, what was done and when", () => import("../status.ts")),
  "etcd:status": entry(
    "Day 2",
    "every member: leader, size, quota, alarms, latency",
    () => import("../etcd-status.ts"),
  ),
  "etcd:snapshot": entry("Day 2", "a checked snapshot, fetched", () => import("../etcd-snapshot.ts")),
  "etcd:defrag": entry(
    "Day 2",
    "drop old revisions, defragment, clear the space alarm",
    () => import("../etcd-defrag.ts"),
  ),
  "etcd:alarms": entry("Day 2", "list alarms, and clear them", () => import("../etcd-alarms.ts")),
  "etcd:restore": entry(
    "Day 2",
    "all members from a snapshot, the old data kept",
    () => import("../etcd-restore.ts"),
  ),
  "certs:status": entry("Day 2", "every certificate, with days left", () => import("../certs-status.ts")),
  "certs:renew": entry("Day 2", "through the tool that owns them", () => import("../certs-renew.ts")),
  "kube:upgrade": entry(
    "Day 2",
    "Kubernetes to a newer version, one minor at a time",
    () => import("../kube-upgrade.ts"),
  ),
  "kube:scale": entry(
    "Day 2",
    "bring workers that are new in the inventory",
    () => import("../kube-scale.ts"),
  ),
  "node:add": entry("Day 2", "prepare and join new hosts of any role", () => import("../node-add.ts")),
  "node:remove": entry("Day 2", "drain and remove hosts, dead ones too", () => import("../node-remove.ts")),
  "kube:recover": entry(
    "Day 2",
    "rebuild broken control planes and etcd members",
    () => import("../kube-recover.ts"),
  ),
  "kube:reset": entry("Day 2", "remove Kubernetes from every host", () => import("../kube-reset.ts")),
  "ceph:upgrade": entry("Day 2", "Ceph to a newer release, host by host", () => import("../ceph-upgrade.ts")),
  "ceph:add-osd": entry("Day 2", "make OSDs of new disks", () => import("../ceph-add-osd.ts")),
  "ceph:remove-osd": entry("Day 2", "take OSDs out, with their data", () => import("../ceph-remove-osd.ts")),
  "ceph:purge": entry("Day 2", "remove Ceph and all its data", () => import("../ceph-purge.ts")),
  "backup:run": entry("Day 2", "back up all or named hosts now", () => import("../backup-run.ts")),
  "backup:list": entry(
    "Day 2",
    "backups of every host, and how fresh they are",
    () => import("../backup-list.ts"),
  ),
  "backup:verify": entry("Day 2", "check repositories and manifests", () => import("../backup-verify.ts")),
  "backup:drill": entry(
    "Day 2",
    "restore to a scratch place, start etcd, compare",
    () => import("../backup-drill.ts"),
  ),
  "backup:restore": entry("Day 2", "bring files of a host back", () => import("../backup-restore.ts")),
  init: entry(
    "Vendor",
    "bring the tools, pinned and patched, each with its Ansible",
    () => import("../init.ts"),
  ),
  "vendor:status": entry(
    "Vendor",
    "what is in vendor/, and what differs",
    () => import("../vendor-status.ts"),
  ),
  "vendor:verify": entry(
    "Vendor",
    "read every file: exit 4 on any difference",
    () => import("../vendor-verify.ts"),
  ),
  patches: entry(
    "Vendor",
    "which patches are applied, retired or in conflict",
    () => import("../patches.ts"),
  ),
  vars: entry("Vendor", "search the variables of a tool: default, file, meaning", () => import("../vars.ts")),
  demo: entry("Lab", "all of it on real hosts, in one go", () => import("../demo.ts")),
  "lab:up": entry("Lab", "make real hosts on this machine", () => import("../lab-up.ts")),
  "lab:down": entry("Lab", "remove them and every trace of them", () => import("../lab-down.ts")),
  "lab:status": entry("Lab", "which hosts run and answer", () => import("../lab-status.ts")),
  "lab:ssh": entry("Lab", "a shell or a command on a host", () => import("../lab-ssh.ts")),
  "lab:kill": entry("Lab", "cut the power of hosts", () => import("../lab-kill.ts")),
  "lab:start": entry("Lab", "boot them again, disks intact", () => import("../lab-start.ts")),
};
