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
