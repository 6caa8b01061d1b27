/** npm run init, the trees: all sources at once, each on its own; the lock file says what came of it. */
import { existsSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { InterruptedError, KubeMagicError, VendorError } from "../../core/errors.ts";
import { type LockedSource, readLock, type VendorLock, writeLock } from "../pins/lock-file.ts";
import { type Manifest, type Pin, pinOf, sourceNamed } from "../pins/pins.ts";
import { type BringOptions, type Brought, bring, incomingFolder } from "./install-source.ts";

export interface Selection {
  /** Tools or sources; empty: all. */
  readonly only: readonly string[];
  /** Source → version, chosen now. */
  readonly refs: ReadonlyMap<string, string>;
  /** Move trees to what vendor.yml says, instead of keeping what the lock says. */
  readonly update: boolean;
}

export interface Chosen {
  readonly pin: Pin;
  readonly selected: boolean;
  /** What vendor.yml would give, when that is another commit. */
  readonly newer?: Pin;
}

/**
 * Which version of which source: what was chosen now, else what the lock remembers, else vendor.yml's default. A tree
 * never moves by itself because vendor.yml has changed: `update` does that.
 * @throws InputError for unknown names.
 */
export function choose(manifest: Manifest, lock: VendorLock, selection: Selection): readonly Chosen[] {
  for (const name of [...selection.only, ...selection.refs.keys()]) sourceNamed(manifest, name);
  const wanted = [...manifest.sources.values()].filter(
    ({ name, tool }) =>
      selection.only.length === 0 || selection.only.includes(name) || selection.only.includes(tool),
  );
  return wanted.map(({ name, versions, default: preset }): Chosen => {
    const asked = selection.refs.get(name);
    if (asked !== undefined) return { pin: pinOf(manifest, name, asked), selected: asked !== preset };
    const locked = lock.get(name);
    const remembered = locked?.selected === true ? locked.version : preset;
    const current = versions.get(remembered) ?? pinOf(manifest, name, preset);
    const selected = locked?.selected === true && versions.has(remembered);
    if (locked === undefined || locked.commit === current.commit || selection.update)
      return { pin: current, selected };
    const known = versions.get(locked.version);
    const { ansible: _, ...base } = current;
    const pin: Pin = {
      ...(known ?? base),
      version: locked.version,
      commit: locked.commit,
      ref: known?.commit === locked.commit ? known.ref : "branch",
    };
    return { pin, selected: locked.selected, newer: current };
  });
}

export interface BroughtAll {
  /** In place, and in the lock file, also when others failed. */
  readonly brought: readonly Brought[];
  readonly failures: readonly unknown[];
}

export type BringAllOptions = Omit<BringOptions, "ourCommits">;

/** The caller holds the init lock. @throws InterruptedError when the signal was given. */
export async function bringAll(
  chosen: readonly Chosen[],
  manifest: Manifest,
  options: BringAllOptions,
): Promise<BroughtAll> {
  const before = readLock(options.vendorFolder);
  clearIncoming(options.vendorFolder);
  const results = await Promise.allSettled(
    chosen.map(({ pin }) => {
      const versions = manifest.sources.get(pin.source)?.versions.values() ?? [];
      return bring(pin, before.get(pin.source), {
        ...options,
        ourCommits: new Map([...versions].map(({ commit, version }) => [commit, version])),
      });
    }),
  );
  clearIncoming(options.vendorFolder);
  const lock = new Map(before);
  const brought: Brought[] = [];
  const failures: unknown[] = [];
  results.forEach((result, index) => {
    const choice = chosen[index];
    if (result.status === "rejected" || choice === undefined) {
      if (result.status === "rejected") failures.push(result.reason);
      return;
    }
    const { pin, entry } = result.value;
    const ansible = before.get(pin.source)?.ansible;
    const locked: LockedSource = {
      ...entry,
      selected: choice.selected,
      ...(ansible === undefined ? {} : { ansible }),
    };
    lock.set(pin.source, locked);
    brought.push(result.value);
  });
  writeLock(options.vendorFolder, lock);
  if (options.signal?.aborted === true)
    throw new InterruptedError("init was interrupted; no half tree is left", { remedy: "npm run init" });
  return { brought, failures };
}

/** One error for all: the first one's remedy, everyone's message. */
export function together(failures: readonly unknown[], chosen: readonly Chosen[]): unknown {
  const [first] = failures;
  const bug = failures.find((failure) => !(failure instanceof KubeMagicError));
  if (bug !== undefined) return bug;
  if (failures.length === 1 || !(first instanceof KubeMagicError)) return first;
  const errors = failures as readonly KubeMagicError[];
  return new VendorError(`${errors.length} of ${chosen.length} sources could not be brought`, {
    output: errors
      .map(({ message, output, remedy }) =>
        [
          `  ${message}`,
          ...(output === undefined ? [] : [output]),
          ...(remedy === undefined ? [] : [`    → ${remedy}`]),
        ].join("\n"),
      )
      .join("\n"),
    remedy: "the others are in place; mend the causes and run npm run init again",
    cause: first,
  });
}

/** What a killed init left; whoever holds the lock may remove it. */
export function clearIncoming(vendorFolder: string): void {
  const folder = incomingFolder(vendorFolder);
  if (!existsSync(folder)) return;
  for (const name of readdirSync(folder)) rmSync(join(folder, name), { recursive: true, force: true });
}
