/** The cache of base images: which of them labs use, and removing the others. */
import { existsSync, readdirSync, readFileSync, rmdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { withLock } from "../controller/machine-lock.ts";
import { LockedError } from "../core/errors.ts";
import type { LabPlaces } from "./places.ts";
import { allProcesses, argumentsOf } from "./processes.ts";

/** End of the name of an image that is being built. */
export const UNFINISHED = ".unfinished";

/** Removes unused images whose name has this prefix, except one. @returns those that labs still use. */
export function removeBases(places: LabPlaces, prefix = "", except?: string): readonly string[] {
  const folder = join(places.cache, "base");
  if (!existsSync(folder)) return [];
  const candidates = readdirSync(folder)
    .filter((name) => name.startsWith(prefix) && !name.endsWith(UNFINISHED))
    .map((name) => join(folder, name))
    .filter((base) => base !== except);
  const used = candidates.filter((base) => isUsed(places, base));
  for (const base of candidates) if (!used.includes(base)) rmSync(base, { recursive: true, force: true });
  for (const parent of [folder, places.cache]) {
    if (existsSync(parent) && readdirSync(parent).length === 0) rmdirSync(parent);
  }
  return used;
}

/** Removes the folders of builds that were killed. A build that still runs holds its lock, and keeps its folder. */
export async function removeUnfinishedBases(places: LabPlaces): Promise<void> {
  const folder = join(places.cache, "base");
  const names = existsSync(folder) ? readdirSync(folder) : [];
  for (const name of names.filter((entry) => entry.endsWith(UNFINISHED))) {
    try {
      await withLock(`base ${name.slice(0, -UNFINISHED.length)}`, "lab:down", async () =>
        rmSync(join(folder, name), { recursive: true, force: true }),
      );
    } catch (error) {
      if (!(error instanceof LockedError)) throw error;
    }
  }
}

/** A disk was made on it, or a host of any lab runs on it, also of a lab in another folder. */
function isUsed(places: LabPlaces, base: string): boolean {
  const records = existsSync(places.labs)
    ? readdirSync(places.labs, { recursive: false, withFileTypes: true }).flatMap((lab) =>
        hostRecords(join(places.labs, lab.name)),
      )
    : [];
  if (records.some((record) => record.includes(JSON.stringify(base)))) return true;
  return allProcesses().some(({ pid }) =>
    argumentsOf(pid).some((word) => word.startsWith(`lowerdir=${base},`)),
  );
}

function hostRecords(lab: string): readonly string[] {
  const hosts = join(lab, "hosts");
  if (!existsSync(hosts)) return [];
  return readdirSync(hosts)
    .map((host) => join(hosts, host, "host.json"))
    .filter((file) => existsSync(file))
    .map((file) => readFileSync(file, "utf8"));
}
