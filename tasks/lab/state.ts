/** The state of a lab on disk: one file for the lab, and one record per host. */
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { InputError } from "../core/errors.ts";
import { hostPlaces, type LabPlaces } from "./places.ts";
import type { ProcessId } from "./processes.ts";
import type { Topology } from "./topology.ts";

const VERSION = 1;

export interface LabState {
  readonly version: typeof VERSION;
  readonly topology: Topology;
  /** The generated central inventory. */
  readonly inventoryFile: string;
}

/** What a host's files were made from. With another value they are made again. */
export interface HostSeed {
  readonly base: string;
  readonly ip: string;
  readonly prefix: number;
  readonly gateway: string;
  readonly domain: string;
}

export interface HostRecord {
  readonly version: typeof VERSION;
  readonly seed: HostSeed;
  /** The launcher, whose descendants are the whole host; absent before its first boot. */
  readonly process?: ProcessId;
  /** Hash of the hosts that its /etc/hosts names. */
  readonly hostsFile?: string;
  /** Its power was cut on purpose: it is not expected to run. */
  readonly killed?: boolean;
}

/** The lab's state, or undefined when there is no such lab. @throws InputError for another version's state. */
export function readState(places: LabPlaces): LabState | undefined {
  return readVersioned<LabState>(places.stateFile);
}

export function writeState(places: LabPlaces, state: Omit<LabState, "version">): void {
  writeJson(places.stateFile, { version: VERSION, ...state });
}

/** @throws InputError when there is no such lab, or it has no such host. */
export function requireState(places: LabPlaces): LabState {
  const state = readState(places);
  if (state !== undefined) return state;
  throw new InputError(`there is no lab named ${places.name}`, {
    remedy: "npm run lab:up, or choose another lab with --lab NAME",
  });
}

export function readHost(places: LabPlaces, host: string): HostRecord | undefined {
  return readVersioned<HostRecord>(hostPlaces(places, host).record);
}

export function writeHost(places: LabPlaces, host: string, record: Omit<HostRecord, "version">): void {
  writeJson(hostPlaces(places, host).record, { version: VERSION, ...record });
}

/** Hosts with files on the disk, also those that the topology no longer lists. */
export function hostsOnDisk(places: LabPlaces): readonly string[] {
  const folder = `${places.state}/hosts`;
  return existsSync(folder) ? readdirSync(folder).sort() : [];
}

function readVersioned<T extends { readonly version: number }>(file: string): T | undefined {
  if (!existsSync(file)) return undefined;
  const value = JSON.parse(readFileSync(file, "utf8")) as T;
  if (value.version === VERSION) return value;
  throw new InputError(`${file} has version ${value.version}; this kube-magic reads version ${VERSION}`, {
    remedy: "npm run lab:down with the kube-magic that made this lab",
  });
}

/** Writes a new file and renames it, so that a reader sees the old content or the new one. */
function writeJson(file: string, value: unknown): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o755 });
  const beside = `${file}.new`;
  writeFileSync(beside, `${JSON.stringify(value, undefined, 2)}\n`);
  renameSync(beside, file);
}
