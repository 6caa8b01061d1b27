/** lab:down: removes everything of a lab except the cached base images. */
import { rmdirSync, rmSync } from "node:fs";
import { basename, dirname } from "node:path";
import { withLock } from "../controller/machine-lock.ts";
import { GateError } from "../core/errors.ts";
import { removeBases, removeUnfinishedBases } from "./base-cache.ts";
import { cutPower, runningHosts } from "./container.ts";
import { removeLabControlGroups } from "./control-groups.ts";
import type { LabEvents } from "./events.ts";
import { removeInventory } from "./inventory-file.ts";
import { removeNetwork } from "./network.ts";
import { labPlaces } from "./places.ts";
import { requireRoot } from "./requirements.ts";
import { hostsOnDisk, readState } from "./state.ts";
import { waitForAll } from "./wait-for-all.ts";

export interface LabDownOptions {
  readonly name: string;
  /** Remove the cached base images too. */
  readonly purge?: boolean;
  readonly env?: NodeJS.ProcessEnv;
  readonly events?: LabEvents;
}

/** Does nothing when the lab does not exist. @throws LockedError while another command works on it. */
export async function labDown(options: LabDownOptions): Promise<void> {
  const events = options.events ?? (() => {});
  const places = labPlaces(options.name, options.env);
  requireRoot();
  await withLock(`lab ${options.name}`, "lab:down", async () => {
    const state = readState(places);
    const hosts = [...new Set([...hostsOnDisk(places), ...runningHosts(places)])].sort();
    await waitForAll(hosts.map((host) => cutPower(places, host)));
    if (hosts.length > 0) events({ kind: "removed", what: `hosts ${hosts.join(", ")}` });
    removeLabControlGroups(places);
    if (state !== undefined) {
      const inventory = removeInventory(state.inventoryFile);
      if (inventory === "removed") events({ kind: "removed", what: state.inventoryFile });
      if (inventory === "edited") events({ kind: "inventory", file: state.inventoryFile, state: "edited" });
    }
    await removeNetwork(places);
    await removeUnfinishedBases(places);
    rmSync(places.state, { recursive: true, force: true });
    removeIfEmpty(places.labs);
    if (basename(dirname(places.labs)) === "kube-magic") removeIfEmpty(dirname(places.labs));
    if (options.purge) {
      const used = removeBases(places);
      if (used.length > 0) {
        throw new GateError(`other labs use ${used.join(" and ")}`, {
          remedy: "npm run lab:down -- --lab NAME for each of them, then repeat this command",
        });
      }
      events({ kind: "removed", what: "cached base images" });
    }
    if (hosts.length === 0 && state === undefined) {
      events({ kind: "note", text: `there is no lab named ${options.name}` });
    }
  });
}

function removeIfEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // Not empty, missing, or a mount point: it may stay.
  }
}
