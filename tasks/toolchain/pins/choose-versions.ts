/** Which version of each source init installs: what --ref names, else the lock file's, else the default of vendor.yml. */
import type { VendorLock } from "./lock-file.ts";
import { type Pin, type Pins, pinOf, type Source, sourceNamed } from "./pins.ts";

/** What the user asked for on the command line of init. */
export interface Selection {
  /** Tools or sources; empty: all. */
  readonly only: readonly string[];
  /** Source → version, from --ref. */
  readonly refs: ReadonlyMap<string, string>;
  /** Move trees to the commits of vendor.yml instead of keeping those of the lock file. */
  readonly update: boolean;
}

/** One source and the version to install. */
export interface ChosenVersion {
  readonly pin: Pin;
  /** True when --ref chose the version, now or in an earlier init. */
  readonly selected: boolean;
  /** The pin of vendor.yml, when it has another commit. */
  readonly newer?: Pin;
}

/**
 * A version for every source that the selection covers. A change of vendor.yml alone moves no tree: `update` does.
 * @throws InputError for a source or version that vendor.yml does not have.
 */
export function chooseVersions(pins: Pins, lock: VendorLock, selection: Selection): readonly ChosenVersion[] {
  const { only, refs } = selection;
  for (const name of [...only, ...refs.keys()]) sourceNamed(pins, name);
  return [...pins.sources.values()]
    .filter(({ name, tool }) => only.length === 0 || only.includes(name) || only.includes(tool))
    .map((source): ChosenVersion => {
      const version = refs.get(source.name);
      return version === undefined
        ? withoutRef(pins, lock, source, selection.update)
        : { pin: pinOf(pins, source.name, version), selected: version !== source.default };
    });
}

/** The version that an earlier --ref selected, else the default; the locked commit stays unless `update` is set. */
function withoutRef(pins: Pins, lock: VendorLock, source: Source, update: boolean): ChosenVersion {
  const locked = lock.get(source.name);
  const isSelected = locked?.selected === true && source.versions.has(locked.version);
  const current = pinOf(pins, source.name, isSelected ? locked.version : source.default);
  if (locked === undefined || locked.commit === current.commit || update)
    return { pin: current, selected: isSelected };
  const known = source.versions.get(locked.version);
  const { ansible: _, ...base } = current;
  const pin: Pin = {
    ...(known ?? base),
    version: locked.version,
    commit: locked.commit,
    ref: known?.commit === locked.commit ? known.ref : "branch",
  };
  return { pin, selected: locked.selected, newer: current };
}
