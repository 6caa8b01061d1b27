/** Taints in kubectl's form: `key=value:Effect`. */
import type { Taint } from "../../core/model.ts";

/** What a taint can do to pods. */
export const TAINT_EFFECTS = [
  "NoSchedule",
  "PreferNoSchedule",
  "NoExecute",
] as const satisfies readonly Taint["effect"][];

/** Parses a taint; undefined when the text is not one. Rule KM172 checks key and value. */
export function parseTaint(
  taint: string | { key: string; value?: string | undefined; effect: Taint["effect"] },
): Taint | undefined {
  if (typeof taint !== "string") {
    const { key, value, effect } = taint;
    return value === undefined ? { key, effect } : { key, value, effect };
  }
  const found = /^([^=:]+)(?:=([^:]*))?:(.+)$/.exec(taint);
  const effect = TAINT_EFFECTS.find((known) => known === found?.[3]);
  if (found?.[1] === undefined || effect === undefined) return undefined;
  return found[2] === undefined ? { key: found[1], effect } : { key: found[1], value: found[2], effect };
}
