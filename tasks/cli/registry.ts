/** Every command, in the order of --help. Task files are loaded only when they run. */
import type { Task } from "./task.ts";

export interface TaskEntry {
  readonly summary: string;
  readonly group: "Inventory" | "Deploy" | "Lab";
  load(): Promise<{ readonly task: Task }>;
}

export const REGISTRY: Readonly<Record<string, TaskEntry>> = {
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
  },
};
