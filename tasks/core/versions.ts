/** Versions, compared number by number. */

/**
 * Negative when `a` is older, 0 when both are the same, positive when `a` is newer. Missing parts count as 0: 2.18 equals
 * 2.18.0. A leading `v` and what follows the numbers (`-rc.1`, `+k3s1`) do not count.
 */
export function compareVersions(a: string, b: string): number {
  const left = numbersOf(a);
  const right = numbersOf(b);
  for (let index = 0; index < Math.max(left.length, right.length); index++) {
    const difference = (left[index] ?? 0) - (right[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

function numbersOf(version: string): readonly number[] {
  const [numbers = "0"] = /\d+(?:\.\d+)*/.exec(version) ?? [];
  return numbers.split(".").map(Number);
}
