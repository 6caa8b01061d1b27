/** Version ranges, compared number by number. */
import { compareVersions } from "../core/versions.ts";

/** At least `min`, and below `below`. */
export interface VersionRange {
  readonly min: string;
  readonly below: string;
}

/** True when the version is in the range. */
export function inRange(version: string, range: VersionRange): boolean {
  return compareVersions(version, range.min) >= 0 && compareVersions(version, range.below) < 0;
}

/** For messages: `>= 2.18, < 2.19`. */
export function rangeText(range: VersionRange): string {
  return `>= ${range.min}, < ${range.below}`;
}

/** Reads `>=2.18 <2.19`; undefined for any other text. */
export function parseRange(text: string): VersionRange | undefined {
  const found = /^>=\s*v?(\d+(?:\.\d+)*),?\s*<\s*v?(\d+(?:\.\d+)*)$/.exec(text.trim());
  const [, min, below] = found ?? [];
  return min === undefined || below === undefined || compareVersions(min, below) >= 0
    ? undefined
    : { min, below };
}

/** The number in a tag's or branch's name: v2.31.0 → 2.31.0, stable-9.0 → 9.0; undefined for master. */
export function versionNumber(name: string): string | undefined {
  return /\d+(?:\.\d+)*/.exec(name)?.[0];
}
