/** Power cuts of hosts, and their next boot. */

import { withLock } from "../controller/machine-lock.ts";
import { GateError } from "../core/errors.ts";
import { cutPower, findHost } from "./container.ts";
import type { LabPlaces } from "./places.ts";
import { waitReady } from "./ready.ts";
import { requireRoot } from "./requirements.ts";
import { labHost } from "./ssh.ts";
import { readHost, writeHost } from "./state.ts";
import { startHostProcess, withoutProcess } from "./up.ts";

/** Cuts a host's power and its cable. @returns false when it was not running. @throws InputError for an unknown host. */
export async function killHost(places: LabPlaces, name: string): Promise<boolean> {
  requireRoot();
  labHost(places, name);
  return withLock(`lab ${places.name}`, "lab:kill", async () => {
    const was = await cutPower(places, name);
    const record = readHost(places, name);
    if (record !== undefined) writeHost(places, name, { ...withoutProcess(record), killed: true });
    return was;
  });
}

/** Boots a host with its disk unchanged, and waits until it is ready. @returns false when it was running. */
export async function startHost(places: LabPlaces, name: string): Promise<boolean> {
  requireRoot();
  const host = labHost(places, name);
  return withLock(`lab ${places.name}`, "lab:start", async () => {
    const running = findHost(places, name);
    if (running === undefined && readHost(places, name) === undefined) {
      throw new GateError(`${name} does not exist yet`, { remedy: "npm run lab:up" });
    }
    await waitReady(places, host, running ?? (await startHostProcess(places, name)));
    return running === undefined;
  });
}
