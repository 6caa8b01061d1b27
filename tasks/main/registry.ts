/** Every command, in the order of --help. Task files are loaded only when they run. */
import type { Task } from "../cli/task.ts";

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
  validate: entry(
    "Inventory",
    "every problem of an inventory at once",
    () => import("../commands/validate.ts"),
  ),
  explain: entry(
    "Inventory",
    "where a value comes from and where it goes",
    () => import("../commands/explain.ts"),
  ),
  schema: entry(
    "Inventory",
    "the editors' schema and the reference pages",
    () => import("../commands/schema.ts"),
  ),
  render: entry(
    "Inventory",
    "each tool's inventory from the central one",
    () => import("../commands/render.ts"),
  ),
  "inventory:import": entry(
    "Inventory",
    "a central inventory from the tools' own ones",
    () => import("../commands/inventory/import.ts"),
  ),
  preflight: entry("Deploy", "check every host, change nothing", () => import("../commands/preflight.ts")),
  plan: entry("Deploy", "what a deploy would run, what not, and why", () => import("../commands/plan.ts")),
  deploy: entry("Deploy", "run all phases, or those named", () => import("../commands/deploy.ts")),
  "ceph:status": entry(
    "Deploy",
    "Ceph's health, monitors, OSDs and space",
    () => import("../commands/ceph/status.ts"),
  ),
  kubeconfig: entry(
    "Deploy",
    "the administrator's kubeconfig: kept, merged or encrypted",
    () => import("../commands/kubeconfig.ts"),
  ),
  "monitoring:status": entry(
    "Deploy",
    "what is not well, as Nagios sees it",
    () => import("../commands/monitoring/status.ts"),
  ),
  "ldap:check": entry(
    "Deploy",
    "which groups of the directory would be brought",
    () => import("../commands/ldap/check.ts"),
  ),
  status: entry("Deploy", "what runs now, what was done and when", () => import("../commands/status.ts")),
  "etcd:status": entry(
    "Day 2",
    "every member: leader, size, quota, alarms, latency",
    () => import("../commands/etcd/status.ts"),
  ),
  "etcd:snapshot": entry(
    "Day 2",
    "a checked snapshot, fetched",
    () => import("../commands/etcd/snapshot.ts"),
  ),
  "etcd:defrag": entry(
    "Day 2",
    "drop old revisions, defragment, clear the space alarm",
    () => import("../commands/etcd/defrag.ts"),
  ),
  "etcd:alarms": entry("Day 2", "list alarms, and clear them", () => import("../commands/etcd/alarms.ts")),
  "etcd:restore": entry(
    "Day 2",
    "all members from a snapshot, the old data kept",
    () => import("../commands/etcd/restore.ts"),
  ),
  "certs:status": entry(
    "Day 2",
    "every certificate, with days left",
    () => import("../commands/certs/status.ts"),
  ),
  "certs:renew": entry(
    "Day 2",
    "through the tool that owns them",
    () => import("../commands/certs/renew.ts"),
  ),
  "kube:upgrade": entry(
    "Day 2",
    "Kubernetes to a newer version, one minor at a time",
    () => import("../commands/kube/upgrade.ts"),
  ),
  "kube:scale": entry(
    "Day 2",
    "bring workers that are new in the inventory",
    () => import("../commands/kube/scale.ts"),
  ),
  "node:add": entry(
    "Day 2",
    "prepare and join new hosts of any role",
    () => import("../commands/node/add.ts"),
  ),
  "node:remove": entry(
    "Day 2",
    "drain and remove hosts, dead ones too",
    () => import("../commands/node/remove.ts"),
  ),
  "kube:recover": entry(
    "Day 2",
    "rebuild broken control planes and etcd members",
    () => import("../commands/kube/recover.ts"),
  ),
  "kube:reset": entry(
    "Day 2",
    "remove Kubernetes from every host",
    () => import("../commands/kube/reset.ts"),
  ),
  "ceph:upgrade": entry(
    "Day 2",
    "Ceph to a newer release, host by host",
    () => import("../commands/ceph/upgrade.ts"),
  ),
  "ceph:add-osd": entry("Day 2", "make OSDs of new disks", () => import("../commands/ceph/add-osd.ts")),
  "ceph:remove-osd": entry(
    "Day 2",
    "take OSDs out, with their data",
    () => import("../commands/ceph/remove-osd.ts"),
  ),
  "ceph:purge": entry("Day 2", "remove Ceph and all its data", () => import("../commands/ceph/purge.ts")),
  "backup:run": entry("Day 2", "back up all or named hosts now", () => import("../commands/backup/run.ts")),
  "backup:list": entry(
    "Day 2",
    "backups of every host, and how fresh they are",
    () => import("../commands/backup/list.ts"),
  ),
  "backup:verify": entry(
    "Day 2",
    "check repositories and manifests",
    () => import("../commands/backup/verify.ts"),
  ),
  "backup:drill": entry(
    "Day 2",
    "restore to a scratch place, start etcd, compare",
    () => import("../commands/backup/drill.ts"),
  ),
  "backup:restore": entry(
    "Day 2",
    "bring files of a host back",
    () => import("../commands/backup/restore.ts"),
  ),
  init: entry(
    "Vendor",
    "bring the tools, pinned and patched, each with its Ansible",
    () => import("../commands/init.ts"),
  ),
  "vendor:status": entry(
    "Vendor",
    "what is in vendor/, and what differs",
    () => import("../commands/vendor/status.ts"),
  ),
  "vendor:verify": entry(
    "Vendor",
    "read every file: exit 4 on any difference",
    () => import("../commands/vendor/verify.ts"),
  ),
  patches: entry(
    "Vendor",
    "which patches are applied, retired or in conflict",
    () => import("../commands/patches.ts"),
  ),
  vars: entry(
    "Vendor",
    "search the variables of a tool: default, file, meaning",
    () => import("../commands/vars.ts"),
  ),
  demo: entry("Lab", "all of it on real hosts, in one go", () => import("../commands/demo.ts")),
  "lab:up": entry("Lab", "make real hosts on this machine", () => import("../commands/lab/up.ts")),
  "lab:down": entry("Lab", "remove them and every trace of them", () => import("../commands/lab/down.ts")),
  "lab:status": entry("Lab", "which hosts run and answer", () => import("../commands/lab/status.ts")),
  "lab:ssh": entry("Lab", "a shell or a command on a host", () => import("../commands/lab/ssh.ts")),
  "lab:kill": entry("Lab", "cut the power of hosts", () => import("../commands/lab/kill.ts")),
  "lab:start": entry("Lab", "boot them again, disks intact", () => import("../commands/lab/start.ts")),
};
