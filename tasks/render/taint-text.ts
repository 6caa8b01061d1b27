/** Writes taints as text. */
import type { Taint } from "../core/model.ts";

/** A taint in the form of kubectl and the kubelet: `key=value:Effect`, or `key:Effect`. */
export function taintText({ key, value, effect }: Taint): string {
  return `${key}${value === undefined ? "" : `=${value}`}:${effect}`;
}
