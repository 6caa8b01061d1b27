import type { Taint } from "../core/model.ts";

/** A taint as kubectl and the kubelet take it: `key=value:Effect`, or `key:Effect`. */
export function taintText({ key, value, effect }: Taint): string {
  return `${key}${value === undefined ? "" : `=${value}`}:${effect}`;
}
