/**
 * A lab host's own control groups, on a machine without a systemd that would make them: one below every hierarchy, so
 * that the host's systemd, its containers and their limits are real. Version 1 and version 2 both.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { LabPlaces } from "./places.ts";

/** Mount points of all hierarchies of this machine: version 2's, and version 1's one a controller. */
export function hierarchies(mounts = readFileSync("/proc/self/mountinfo", "utf8")): readonly string[] {
  return mounts.split("\n").flatMap((line) => {
    const [left = "", right = ""] = line.split(" - ");
    const type = right.split(" ")[0] ?? "";
    return type === "cgroup2" || type === "cgroup" ? [left.split(" ")[4] ?? ""] : [];
  });
}

/** The host's groups, made when they are missing. */
export function makeControlGroups(places: LabPlaces, host: string): readonly string[] {
  return hierarchies().map((top) => {
    const group = groupIn(top, places, host);
    const levels = [dirname(dirname(group)), dirname(group), group];
    for (const level of levels) {
      mkdirSync(level, { recursive: true });
      fillCpuset(level);
    }
    return group;
  });
}

/** Removes the host's groups, which are empty when none of its processes is left. */
export function removeControlGroups(places: LabPlaces, host: string): void {
  for (const top of hierarchies()) removeGroup(groupIn(top, places, host));
}

/** Removes the groups of the whole lab. Those of other labs stay. */
export function removeLabControlGroups(places: LabPlaces): void {
  for (const top of hierarchies()) {
    removeGroup(join(top, places.controlGroup));
    removeEmpty(join(top, dirname(places.controlGroup)));
  }
}

function groupIn(top: string, places: LabPlaces, host: string): string {
  return join(top, places.controlGroup, host);
}

/** A new cpuset of version 1 is empty, and an empty one takes no process: it gets what the group above it has. */
function fillCpuset(group: string): void {
  for (const name of ["cpuset.cpus", "cpuset.mems"]) {
    const file = join(group, name);
    const above = join(dirname(group), name);
    // Version 2 has the same names, and an empty file there means "as above".
    if (!existsSync(file) || existsSync(join(group, "cgroup.controllers"))) continue;
    if (readFileSync(file, "utf8").trim() === "") writeFileSync(file, readFileSync(above, "utf8").trim());
  }
}

function removeGroup(folder: string): void {
  if (!existsSync(folder)) return;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) removeGroup(join(folder, entry.name));
  }
  removeEmpty(folder);
}

/** Also for other folders that a host leaves: removes it when it is empty. */
export function removeEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "";
    if (!["ENOENT", "EBUSY", "ENOTEMPTY"].includes(code)) throw error;
  }
}
