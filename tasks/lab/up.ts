/** lab:up: from a topology file to running hosts and a central inventory that describes them. */
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { ensurePrograms } from "../controller/install.ts";
import { withLock } from "../controller/machine-lock.ts";
import { GateError } from "../core/errors.ts";
import { capture } from "../io/command/capture.ts";
import { ensureBase } from "./base.ts";
import { boot, cutPower, findHost, plugIn } from "./container.ts";
import { explainDiskFaults } from "./disk-faults.ts";
import type { LabEvents } from "./events.ts";
import { ensureKey, knownHosts, seedHost } from "./guest-files.ts";
import { hostsFileHash, updateHostsFileBySsh, updateHostsFileOnDisk } from "./hosts-file.ts";
import { inventoryText, requireOurs, writeInventory } from "./inventory-file.ts";
import { kubesprayLimits, machineFacts } from "./machine-limits.ts";
import { ensureNetwork, requireFreeNetwork } from "./network.ts";
import { readPackageSource } from "./package-source.ts";
import { hostPlaces, type LabPlaces, labPlaces } from "./places.ts";
import type { ProcessId } from "./processes.ts";
import { waitReady } from "./ready.ts";
import { requireLabMachine } from "./requirements.ts";
import { type HostRecord, type HostSeed, hostsOnDisk, readHost, writeHost, writeState } from "./state.ts";
import { type LabHost, readTopology, type Topology } from "./topology.ts";
import { waitForAll } from "./wait-for-all.ts";

export interface LabUpOptions {
  readonly topologyFile: string;
  /** Folder of all central inventories. */
  readonly inventories: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly events?: LabEvents;
}

export interface Lab {
  readonly places: LabPlaces;
  readonly topology: Topology;
  readonly inventoryFile: string;
}

/**
 * Makes what is missing of a lab and returns when every host is ready.
 * @throws InputError for a wrong topology, GateError when this machine cannot run it, LockedError while
 *   another command works on this lab, PhaseError when a host does not boot.
 */
export async function labUp(options: LabUpOptions): Promise<Lab> {
  const events = options.events ?? (() => {});
  const topology = readTopology(options.topologyFile);
  const places = labPlaces(topology.name, options.env);
  await installForLab(options.env ?? process.env, events);
  requireLabMachine(places);
  const inventoryFile = join(options.inventories, topology.name, "cluster.yml");
  requireOurs(inventoryFile);
  const build = async (): Promise<Lab> => {
    await requireFreeNetwork(places, topology);
    const base = await ensureBase(places, topology.suite, events);
    mkdirSync(places.state, { recursive: true, mode: 0o755 });
    mkdirSync(join(places.state, "hosts"), { recursive: true, mode: 0o700 });
    writeState(places, { topology, inventoryFile });
    await ensureNetwork(places, topology);
    await ensureKey(places);
    await removeUnlistedHosts(places, topology, events);
    await bootAll(places, topology, base, events);
    const { nameServers } = await readPackageSource();
    const state = writeInventory(
      inventoryFile,
      inventoryText(topology, places, nameServers, kubesprayLimits(machineFacts())),
    );
    events({ kind: "inventory", file: inventoryFile, state });
    return { places, topology, inventoryFile };
  };
  return withLock(`lab ${topology.name}`, "lab:up", () => explainDiskFaults(build));
}

/** For another user than root, requireLabMachine reports the packages together with everything else that is missing. */
async function installForLab(env: NodeJS.ProcessEnv, events: LabEvents): Promise<void> {
  if (process.getuid?.() !== 0) return;
  await ensurePrograms(["lab"], { env, note: (text) => events({ kind: "note", text }) });
}

async function bootAll(
  places: LabPlaces,
  topology: Topology,
  base: string,
  events: LabEvents,
): Promise<void> {
  const started = new Map<LabHost, ProcessId>();
  const missing: LabHost[] = [];
  const prepare = async (host: LabHost): Promise<void> => {
    const running = await prepareHost(places, topology, host, base);
    if (running === undefined) missing.push(host);
    else started.set(host, running);
  };
  await waitForAll(topology.hosts.map(prepare));
  noteOtherSuites(places, topology, events);
  writeFileSync(places.knownHosts, knownHosts(places, topology.hosts));
  events({ kind: "booting", hosts: missing.map((host) => host.name) });
  const since = Date.now();
  await waitForAll(
    topology.hosts.map(async (host) => {
      const running = started.get(host);
      if (running !== undefined) await plugIn(places, host.name);
      await waitReady(places, host, running ?? (await startHostProcess(places, host.name)));
      await updateHostsFileOfRunning(places, topology, host);
      if (running === undefined) {
        events({ kind: "up", host: host.name, ip: host.ip, seconds: (Date.now() - since) / 1000 });
      }
    }),
  );
}

/** The record of a host that does not run. */
export function withoutProcess({ process: _, killed: __, ...rest }: HostRecord): HostRecord {
  return rest;
}

/** Boots a host as its record says, and records its process. */
export async function startHostProcess(places: LabPlaces, host: string): Promise<ProcessId> {
  const record = readHost(places, host);
  if (record === undefined) throw new Error(`${host} has no record`);
  if (!existsSync(record.seed.base)) {
    throw new GateError(`the base image of ${host} is missing: ${record.seed.base}`, {
      remedy: "npm run lab:down && npm run lab:up",
    });
  }
  // After a power cut overlayfs left files here that the next mount refuses.
  rmSync(join(hostPlaces(places, host).work, "work"), { recursive: true, force: true });
  // This machine may still have the old MAC address of this host, and would try it for half a minute.
  await capture(["ip", "neighbour", "flush", "to", record.seed.ip, "dev", places.bridge]);
  const process = await boot(places, host, record.seed.base);
  writeHost(places, host, { ...withoutProcess(record), process });
  return process;
}

/** Writes the host's files when they are missing or old. @returns its process when it runs as the topology describes it. */
async function prepareHost(
  places: LabPlaces,
  topology: Topology,
  host: LabHost,
  base: string,
): Promise<ProcessId | undefined> {
  const record = readHost(places, host.name);
  const seed: HostSeed = {
    // A disk needs the base that it was made on, also after the recipe changed.
    base: record?.seed.base ?? base,
    ip: host.ip,
    prefix: topology.prefix,
    gateway: topology.gateway,
    domain: topology.domain,
  };
  const same = record !== undefined && JSON.stringify(record.seed) === JSON.stringify(seed);
  const hostsFile = hostsFileHash(topology);
  if (!same) {
    await cutPower(places, host.name);
    await seedHost(places, topology, host, seed);
    updateHostsFileOnDisk(places, topology, host);
    writeHost(places, host.name, { seed, hostsFile });
    return undefined;
  }
  const running = findHost(places, host.name);
  if (running === undefined && record.hostsFile !== hostsFile) {
    updateHostsFileOnDisk(places, topology, host);
    writeHost(places, host.name, { ...withoutProcess(record), hostsFile });
  }
  return running;
}

async function updateHostsFileOfRunning(places: LabPlaces, topology: Topology, host: LabHost): Promise<void> {
  const record = readHost(places, host.name);
  const hostsFile = hostsFileHash(topology);
  if (record === undefined || record.hostsFile === hostsFile) return;
  await updateHostsFileBySsh(places, topology, host);
  writeHost(places, host.name, { ...record, hostsFile });
}

function noteOtherSuites(places: LabPlaces, { suite, hosts }: Topology, events: LabEvents): void {
  const others = hosts.filter(({ name }) => {
    const base = readHost(places, name)?.seed.base;
    return base !== undefined && !basename(base).startsWith(`${suite}-`);
  });
  if (others.length === 0) return;
  const names = others.map(({ name }) => name).join(", ");
  events({
    kind: "note",
    text: `${names}: made with another suite; for ${suite}: npm run lab:down && npm run lab:up`,
  });
}

/** Removes hosts that the topology no longer lists. */
async function removeUnlistedHosts(places: LabPlaces, topology: Topology, events: LabEvents): Promise<void> {
  const wanted = new Set(topology.hosts.map((host) => host.name));
  for (const name of hostsOnDisk(places).filter((host) => !wanted.has(host))) {
    await cutPower(places, name);
    rmSync(hostPlaces(places, name).folder, { recursive: true, force: true });
    events({ kind: "removed", what: `host ${name}, which the topology no longer has` });
  }
}
