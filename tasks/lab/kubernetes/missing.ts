/** Which items and programs are still to be made, and how long that takes. */
import { type Item, type Program, programsOf } from "./plan.ts";
import { readRecord, type StorePlaces } from "./store.ts";

export interface Missing {
  readonly items: readonly Item[];
  /** Only those that no finished item and no earlier, interrupted run left ready. */
  readonly programs: readonly Program[];
  /** On two idle cores, Go's caches empty. */
  readonly minutes: number;
}

/** Reads the store's records only, not its content. */
export function findMissing(store: StorePlaces, items: readonly Item[]): Missing {
  const open = items.filter(({ kind, key }) => readRecord(store, kind, key) === undefined);
  const programs = programsOf(open).filter(({ key }) => readRecord(store, "program", key) === undefined);
  const bases = new Map(
    open
      .flatMap((item) => (item.kind === "image" && item.base !== undefined ? [item.base] : []))
      .map((base) => [base.key, base]),
  );
  const base = [...bases.values()].filter(({ key }) => readRecord(store, "base", key) === undefined);
  const minutes = [...programs, ...base].reduce((total, one) => total + one.minutes, 0);
  return { items: open, programs, minutes };
}

/** Keys of all that the whole plan may still need: finished items, base layers, and programs of unfinished items. */
export function neededKeys(store: StorePlaces, all: readonly Item[]): ReadonlySet<string> {
  const { items: open } = findMissing(store, all);
  return new Set([
    ...all.map(({ key }) => key),
    ...all.flatMap((item) => (item.kind === "image" && item.base !== undefined ? [item.base.key] : [])),
    ...programsOf(open).map(({ key }) => key),
  ]);
}
