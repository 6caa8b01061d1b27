/** The trees of npm run init: all sources at the same time, each independent of the others. */
import { existsSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { InterruptedError, KubeMagicError, VendorError } from "../../core/errors.ts";
import type { ChosenVersion } from "../pins/choose-versions.ts";
import { readLock, type VendorLock, writeLock } from "../pins/lock-file.ts";
import type { Pins } from "../pins/pins.ts";
import {
  type InstalledSource,
  type InstallOptions,
  incomingFolder,
  installSource,
} from "./install-source.ts";

/** How to install; the commits of the pins are added for each source. */
export type InstallSourcesOptions = Omit<InstallOptions, "ourCommits">;

/** What became of the sources. */
export interface InstallResults {
  /** In place and in the lock file, also when others failed. */
  readonly installed: readonly InstalledSource[];
  readonly failures: readonly unknown[];
}

/**
 * Installs the chosen versions and writes the lock file. The caller holds the init lock.
 * @throws InterruptedError when the signal was aborted.
 */
export async function installSources(
  chosen: readonly ChosenVersion[],
  pins: Pins,
  options: InstallSourcesOptions,
): Promise<InstallResults> {
  const before = readLock(options.vendorFolder);
  clearIncoming(options.vendorFolder);
  const results = await Promise.allSettled(
    chosen.map(({ pin }) => {
      const versions = pins.sources.get(pin.source)?.versions.values() ?? [];
      return installSource(pin, before.get(pin.source), {
        ...options,
        ourCommits: new Map([...versions].map(({ commit, version }) => [commit, version])),
      });
    }),
  );
  clearIncoming(options.vendorFolder);
  const installed = results.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
  const failures = results.flatMap((one) => (one.status === "rejected" ? [one.reason as unknown] : []));
  writeLock(options.vendorFolder, lockWith(before, installed, chosen));
  if (options.signal?.aborted === true)
    throw new InterruptedError("init was interrupted; no partial download was kept", {
      remedy: "npm run init",
    });
  return { installed, failures };
}

function lockWith(
  before: VendorLock,
  installed: readonly InstalledSource[],
  chosen: readonly ChosenVersion[],
): VendorLock {
  const lock = new Map(before);
  for (const { pin, entry } of installed) {
    const ansible = before.get(pin.source)?.ansible;
    lock.set(pin.source, {
      ...entry,
      selected: chosen.find((one) => one.pin.source === pin.source)?.selected ?? false,
      ...(ansible === undefined ? {} : { ansible }),
    });
  }
  return lock;
}

/** One error for several failures: every message, and a remedy that covers all. A bug among them is returned as it is. */
export function combineFailures(failures: readonly unknown[], chosen: readonly ChosenVersion[]): unknown {
  const [first] = failures;
  const bug = failures.find((failure) => !(failure instanceof KubeMagicError));
  if (bug !== undefined) return bug;
  if (failures.length === 1 || !(first instanceof KubeMagicError)) return first;
  const errors = failures as readonly KubeMagicError[];
  return new VendorError(`${errors.length} of ${chosen.length} sources could not be installed`, {
    output: errors
      .map(({ message, output, remedy }) =>
        [
          `  ${message}`,
          ...(output === undefined ? [] : [output]),
          ...(remedy === undefined ? [] : [`    → ${remedy}`]),
        ].join("\n"),
      )
      .join("\n"),
    remedy: "the other sources are in place; correct these causes, then: npm run init",
    cause: first,
  });
}

/** Removes what a killed init left in the folder for incoming trees. Only the holder of the init lock may call it. */
function clearIncoming(vendorFolder: string): void {
  const folder = incomingFolder(vendorFolder);
  if (!existsSync(folder)) return;
  for (const name of readdirSync(folder)) rmSync(join(folder, name), { recursive: true, force: true });
}
