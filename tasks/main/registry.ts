/** Every command, in the order of --help. Command files are loaded only when they run. */
import type { Task } from "../cli/task.ts";

export interface TaskEntry {
  readonly group: string;
  /** Starts with a verb, at most 70 characters. */
  readonly summary: string;
  load(): Promise<{ readonly task: Task }>;
}

/** The rows of one group: command, summary, file. */
type Rows = Readonly<Record<string, readonly [summary: string, load: TaskEntry["load"]]>>;

const GROUPS: Readonly<Record<string, Rows>> = {
  Inventory: {
    validate: ["check an inventory and print every problem at once", () => import("../commands/validate.ts")],
    explain: ["show where a value comes from and where it goes", () => import("../commands/explain.ts")],
    render: ["write the inventory of each tool from the central one", () => import("../commands/render.ts")],
    "inventory:import": [
      "make a central inventory from those of the tools",
      () => import("../commands/inventory/import.ts"),
    ],
    schema: ["write the editors' schema and the reference pages", () => import("../commands/schema.ts")],
  },
  Tools: {
    init: ["fetch, patch and prepare the pinned tools", () => import("../commands/init.ts")],
    patches: ["list the patches of the tools and how they fit", () => import("../commands/patches.ts")],
    vars: ["search the variables of a tool", () => import("../commands/vars.ts")],
    "vendor:status": [
      "show the tools in vendor/ and what differs",
      () => import("../commands/vendor/status.ts"),
    ],
    "vendor:verify": [
      "compare every file of the tools with its pin",
      () => import("../commands/vendor/verify.ts"),
    ],
  },
  Deploy: {
    preflight: ["check every host and change nothing", () => import("../commands/preflight.ts")],
    plan: ["print what a deploy would run, and what not and why", () => import("../commands/plan.ts")],
    deploy: ["run all phases, or those that you name", () => import("../commands/deploy.ts")],
    kubeconfig: ["fetch the administrator's kubeconfig", () => import("../commands/kubeconfig.ts")],
    "ldap:check": [
      "show the groups and members that LDAP would give",
      () => import("../commands/ldap/check.ts"),
    ],
  },
  Health: {
    status: ["show what runs now and when each phase ended", () => import("../commands/status.ts")],
    "etcd:status": [
      "show leader, size, quota, alarms and latency of etcd",
      () => import("../commands/etcd/status.ts"),
    ],
    "etcd:alarms": ["list the alarms of etcd, or clear them", () => import("../commands/etcd/alarms.ts")],
    "ceph:status": [
      "show health, monitors, OSDs and space of Ceph",
      () => import("../commands/ceph/status.ts"),
    ],
    "certs:status": [
      "list every certificate with the days that it has left",
      () => import("../commands/certs/status.ts"),
    ],
    "backup:list": [
      "list the backups of every host and their age",
      () => import("../commands/backup/list.ts"),
    ],
    "monitoring:status": [
      "list the problems that Nagios reports",
      () => import("../commands/monitoring/status.ts"),
    ],
  },
  "Kubernetes and its nodes": {
    "kube:upgrade": [
      "upgrade Kubernetes, one minor version at a time",
      () => import("../commands/kube/upgrade.ts"),
    ],
    "kube:scale": [
      "join the workers that are new in the inventory",
      () => import("../commands/kube/scale.ts"),
    ],
    "node:add": ["prepare new hosts of any role and join them", () => import("../commands/node/add.ts")],
    "node:remove": ["drain hosts and remove them, dead ones too", () => import("../commands/node/remove.ts")],
    "kube:recover": [
      "rebuild broken control planes and etcd members",
      () => import("../commands/kube/recover.ts"),
    ],
    "certs:renew": [
      "renew certificates through the tool that owns them",
      () => import("../commands/certs/renew.ts"),
    ],
    "kube:reset": ["remove Kubernetes from every host", () => import("../commands/kube/reset.ts")],
  },
  etcd: {
    "etcd:snapshot": ["take a snapshot, check it and fetch it", () => import("../commands/etcd/snapshot.ts")],
    "etcd:defrag": [
      "free space: compact, defragment, clear the space alarm",
      () => import("../commands/etcd/defrag.ts"),
    ],
    "etcd:restore": [
      "restore all members from one snapshot, keep the old data",
      () => import("../commands/etcd/restore.ts"),
    ],
  },
  Ceph: {
    "ceph:upgrade": [
      "upgrade Ceph to a newer release, host by host",
      () => import("../commands/ceph/upgrade.ts"),
    ],
    "ceph:add-osd": ["create OSDs on new disks", () => import("../commands/ceph/add-osd.ts")],
    "ceph:remove-osd": ["remove OSDs and destroy their data", () => import("../commands/ceph/remove-osd.ts")],
    "ceph:purge": ["remove Ceph and all its data from every host", () => import("../commands/ceph/purge.ts")],
  },
  Backups: {
    "backup:run": [
      "back up all hosts now, or those that you name",
      () => import("../commands/backup/run.ts"),
    ],
    "backup:verify": [
      "check the repositories and the latest backups",
      () => import("../commands/backup/verify.ts"),
    ],
    "backup:drill": [
      "restore to a scratch folder, start etcd from it, compare",
      () => import("../commands/backup/drill.ts"),
    ],
    "backup:restore": ["restore files of one host", () => import("../commands/backup/restore.ts")],
  },
  Lab: {
    demo: ["show the whole tool on real hosts of this machine", () => import("../commands/demo.ts")],
    "lab:up": ["start real Debian hosts on this machine", () => import("../commands/lab/up.ts")],
    "lab:down": ["remove a lab with all its traces", () => import("../commands/lab/down.ts")],
    "lab:status": [
      "list the hosts of a lab and whether they answer",
      () => import("../commands/lab/status.ts"),
    ],
    "lab:programs": [
      "build a Kubernetes for labs without internet",
      () => import("../commands/lab/programs.ts"),
    ],
    "lab:ssh": ["open a shell on a host, or run one command there", () => import("../commands/lab/ssh.ts")],
    "lab:kill": ["cut the power of hosts", () => import("../commands/lab/kill.ts")],
    "lab:start": ["boot hosts again, with their disks", () => import("../commands/lab/start.ts")],
  },
  Shell: {
    completion: ["print the completion script for your shell", () => import("../commands/completion.ts")],
  },
};

export const REGISTRY: Readonly<Record<string, TaskEntry>> = Object.fromEntries(
  Object.entries(GROUPS).flatMap(([group, rows]) =>
    Object.entries(rows).map(([name, [summary, load]]) => [name, { group, summary, load }]),
  ),
);
