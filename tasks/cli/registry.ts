/** Every command, in the order of --help. Task files are loaded only when they run. */
import type { Task } from "./task.ts";

export interface TaskEntry {
  readonly summary: string;
  readonly group: "Inventory" | "Deploy" | "Lab";
  load(): Promise<{ readonly task: Task }>;
}

export const REGISTRY: Readonly<Record<string, TaskEntry>> = {
  validate: {
    group: "Inventory",
    summary: "Check an inventory: every problem at once, with place and remedy",
    load: () => import("../validate.ts"),
  },
  explain: {
    group: "Inventory",
    summary: "Where a value comes from, what it overrode, which rendered variables carry it",
    load: () => import("../explain.ts"),
  },
  render: {
    group: "Inventory",
    summary: "Write each tool's own inventory from the central one; --diff and --check write nothing",
    load: () => import("../render.ts"),
  },
  schema: {
    group: "Inventory",
    summary: "Generate the editors' schema and the reference pages, for developers of kube-magic",
    load: () => import("../schema.ts"),
  },
};
