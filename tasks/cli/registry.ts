/** Every command, in the order of --help. Task files are loaded only when they run. */
import type { Task } from "./task.ts";

export interface TaskEntry {
  readonly summary: string;
  readonly group: "Inventory" | "Deploy" | "Lab";
  load(): Promise<{ readonly task: Task }>;
}

export const REGISTRY: Readonly<Record<string, TaskEntry>> = {
<<<<<<< HEAD
  init: {
    group: "Deploy",
    summary: "build what deploys need on this machine",
    load: () => import("../init.ts"),
  },
  preflight: {
    group: "Deploy",
    summary: "check every host, change nothing",
    load: () => import("../preflight.ts"),
  },
  plan: {
    group: "Deploy",
    summary: "what a deploy would run, and what not, and why",
    load: () => import("../plan.ts"),
  },
  deploy: {
    group: "Deploy",
    summary: "run all phases, or those named (deploy:ceph, deploy:kube, …)",
    load: () => import("../deploy.ts"),
  },
  status: {
    group: "Deploy",
    summary: "what runs, what was done, when and how long it took",
    load: () => import("../status.ts"),
=======
  "lab:up": 
    group: "Lab",
    summary: "make real hosts on this machine to deploy onto",
    load: () => import("../lab-up.ts"),,
  "lab:down": 
    group: "Lab",
    summary: "remove them and every trace of them",
    load: () => import("../lab-down.ts"),,
  "lab:status": 
    group: "Lab",
    summary: "which hosts run and answer",
    load: () => import("../lab-status.ts"),,
  "lab:ssh": 
    group: "Lab",
    summary: "a shell or a command on a host: lab:ssh -- HOST [COMMAND…]",
    load: () => import("../lab-ssh.ts"),,
  "lab:kill": 
    group: "Lab",
    summary: "cut the power of hosts, for failure tests",
    load: () => import("../lab-kill.ts"),,
  "lab:start": 
    group: "Lab",
    summary: "boot them again, disks intact",
    load: () => import("../lab-start.ts"),
>>>>>>> lab,
};
