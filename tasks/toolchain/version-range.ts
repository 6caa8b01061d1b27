/** Version ranges as the tools state them: at least `min`, below `below`, compared number by number. */
export interface VersionRange {
  readonly min: string;
  readonly below: string;
}

export function inRange(version: string, range: VersionRange): boolean {
  return compareVersions(version, range.min) >= 0 && compareVersions(version, range.below) < 0;
}

export function rangeText(range: VersionRange): string {
  return `>= ${range.min}, < ${range.below}`;
}

/** Reads `>=2.18 <2.19`; undefined when it says anything else. */
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

/** Negative when a is older. Missing parts count as 0: 2.18 equals 2.18.0. */
export function compareVersions(a: string, b: string): number {
  const left = a.split(".").map(Number);
  const right = b.split(".").map(Number);
  for (let index = 0; index < Math.max(left.length, right.length); index++) {
    const difference = (left[index] ?? 0) - (right[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
