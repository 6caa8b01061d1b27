/** The workflow of `init`: trees and Ansible environments at the same time, under a lock. */
import { setMaxListeners } from "node:events";
import { join } from "node:path";
import { GateError, InterruptedError, VendorError } from "../core/errors.ts";
import type { Session } from "../core/session.ts";
import { acquireLock, type Lock } from "../io/lock.ts";
import { type EnvironmentResult, ensureEnvironments } from "./environments/all-environments.ts";
import type { InstalledSource } from "./fetch/install-source.ts";
import { type InstallSourcesOptions, installSources } from "./fetch/install-sources.ts";
import { type ChosenVersion, chooseVersions } from "./pins/choose-versions.ts";
import { readLock, writeLock } from "./pins/lock-file.ts";
import { type Pins, readPins } from "./pins/pins.ts";

/** What the user asked `init` for. */
export interface InitRequest {
  /** Tools or sources; empty: all. `custom` has an environment and no tree. */
  readonly only: readonly string[];
  /** Source → version. */
  readonly refs: ReadonlyMap<string, string>;
  /** Move trees to the commits that vendor.yml pins now. */
  readonly update: boolean;
  readonly mirror: string | undefined;
  readonly offline: boolean;
  /** Build no Ansible environments. */
  readonly treesOnly: boolean;
}

/** What is in place, even when other parts failed. */
export interface InitResult {
  readonly chosen: readonly ChosenVersion[];
  readonly trees: readonly InstalledSource[];
  readonly environments: readonly EnvironmentResult[];
  readonly failures: readonly unknown[];
}

/** @throws InputError for unknown names, LockedError when another init runs, InterruptedError after a signal */
export async function initTools(
  session: Pick<Session, "paths" | "env" | "err">,
  request: InitRequest,
): Promise<InitResult> {
  const { vendor } = session.paths;
  const pins = readPins(vendor);
  const lock = await lockVendor(join(vendor, ".init.lock"));
  const signals = abortOnSignal();
  try {
    if (lock.inheritedFrom !== undefined)
      session.err(
        `note: an earlier init (process ${lock.inheritedFrom.process.pid}) has died; this run continues from what it left\n`,
      );
    const chosen = chooseSources(pins, vendor, request);
    const result = await install(session, pins, { chosen, request, signal: signals.signal });
    if (signals.signal.aborted)
      throw result.failures.find((failure) => failure instanceof InterruptedError) ?? interrupted();
    recordEnvironments(vendor, result.environments);
    return result;
  } finally {
    signals.dispose();
    lock.release();
  }
}

function chooseSources(pins: Pins, vendor: string, request: InitRequest): readonly ChosenVersion[] {
  const { only, refs, update } = request;
  const sources = only.filter((name) => name !== "custom");
  if (only.length > 0 && sources.length === 0 && refs.size === 0) return [];
  return chooseVersions(pins, readLock(vendor), { only: sources, refs, update });
}

interface Installation {
  readonly chosen: readonly ChosenVersion[];
  readonly request: InitRequest;
  readonly signal: AbortSignal;
}

async function install(
  { paths, env, err }: Pick<Session, "paths" | "env" | "err">,
  pins: Pins,
  { chosen, request, signal }: Installation,
): Promise<InitResult> {
  const { only, refs, mirror, offline, treesOnly } = request;
  const progress = (message: string): void => err(`${message}\n`);
  const options: InstallSourcesOptions = {
    vendorFolder: paths.vendor,
    env,
    mirror,
    offline,
    signal,
    progress,
  };
  const named = new Set(only);
  const environments = treesOnly
    ? Promise.resolve([])
    : ensureEnvironments(chosen, {
        ...options,
        custom: only.length === 0 || named.has("custom"),
        isRequired: (tool) => named.has(tool) || refs.has(tool),
      });
  const [trees, ansible] = await Promise.allSettled([installSources(chosen, pins, options), environments]);
  return {
    chosen,
    trees: trees.status === "fulfilled" ? trees.value.installed : [],
    environments: ansible.status === "fulfilled" ? ansible.value : [],
    failures: [
      ...(trees.status === "fulfilled" ? trees.value.failures : [trees.reason]),
      ...(ansible.status === "rejected" ? [ansible.reason] : []),
    ],
  };
}

/** The lock file names the environment of each tool. */
function recordEnvironments(vendor: string, results: readonly EnvironmentResult[]): void {
  const lock = new Map(readLock(vendor));
  for (const { source, key } of results) {
    const entry = lock.get(source);
    if (entry !== undefined && key !== undefined) lock.set(source, { ...entry, ansible: key });
  }
  if (lock.size > 0 && results.length > 0) writeLock(vendor, lock);
}

/** @throws LockedError when another init runs; VendorError when the lock cannot be written. */
async function lockVendor(path: string): Promise<Lock> {
  try {
    return await acquireLock(path, "init");
  } catch (error) {
    if (!(error instanceof GateError)) throw error;
    const { message, remedy } = error;
    throw new VendorError(message, { ...(remedy === undefined ? {} : { remedy }), cause: error });
  }
}

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

function abortOnSignal(): { readonly signal: AbortSignal; dispose(): void } {
  const abort = new AbortController();
  setMaxListeners(0, abort.signal);
  const stop = (): void => abort.abort();
  for (const name of SIGNALS) process.on(name, stop);
  return {
    signal: abort.signal,
    dispose() {
      for (const name of SIGNALS) process.off(name, stop);
    },
  };
}

function interrupted(): InterruptedError {
  return new InterruptedError("init was interrupted; no partial download was kept", {
    remedy: "to resume: npm run init",
  });
}
