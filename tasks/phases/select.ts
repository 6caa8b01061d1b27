/** Which phases of the catalog the user named. */
import { closest } from "../core/closest.ts";
import { InputError } from "../core/errors.ts";
import { CATALOG } from "./catalog.ts";
import type { PhaseSpec } from "./spec.ts";

export interface Selection {
  /** Only these, in catalog order; empty: all. */
  readonly only: readonly string[];
  /** This one and all after it. */
  readonly from?: string;
}

/** @throws InputError for an unknown phase, and when nothing is left. */
export function selectPhases(selection: Selection): readonly PhaseSpec[] {
  const { only, from } = selection;
  for (const name of [...only, ...(from === undefined ? [] : [from])]) {
    if (CATALOG.some((phase) => phase.name === name)) continue;
    const names = CATALOG.map((phase) => phase.name);
    const near = closest(name, names);
    throw new InputError(`unknown phase "${name}"${near === undefined ? "" : `, did you mean "${near}"?`}`, {
      remedy: `phases: ${names.join(", ")}`,
    });
  }
  const start = from === undefined ? 0 : CATALOG.findIndex((phase) => phase.name === from);
  const chosen = CATALOG.slice(start).filter((phase) => only.length === 0 || only.includes(phase.name));
  if (chosen.length === 0) {
    throw new InputError(`--from ${from} leaves none of: ${only.join(", ")}`, {
      remedy: "name phases at or after --from",
    });
  }
  return chosen;
}
