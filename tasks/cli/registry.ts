/** Every command, in the order of --help. Task files are loaded only when they run. */
import type { Task } from "./task.ts";

export interface TaskEntry {
  readonly summary: string;
  readonly group: "Inventory" | "Deploy" | "Lab";
  load(): Promise<{ readonly task: Task }>;
}

export const REGISTRY: Readonly<Record<string, TaskEntry>> = {};
