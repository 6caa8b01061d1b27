import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { diffLines, type Hunk } from "../../../tasks/core/line-diff.ts";

/** Applies hunks to the old lines as `patch` does. */
function apply(before: readonly string[], after: readonly string[], hunks: readonly Hunk[]): string[] {
  const result: string[] = [];
  let position = 0;
  for (const { oldStart, newStart, lines } of hunks) {
    result.push(...before.slice(position, oldStart));
    position = oldStart;
    expect(result.length).toBe(newStart);
    for (const { kind, index } of lines) {
      if (kind === "added") result.push(after[index]!);
      else {
        expect(index).toBe(position);
        if (kind === "same") result.push(before[index]!);
        position++;
      }
    }
  }
  return [...result, ...before.slice(position)];
}

const lines = () => fc.array(fc.constantFrom("a", "b", "c", "d"), { maxLength: 30 });

describe("the difference of two texts", () => {
  it("turns the old one into the new one", () => {
    fc.assert(
      fc.property(lines(), lines(), fc.nat(4), (before, after, context) => {
        expect(apply(before, after, diffLines(before, after, context))).toEqual(after);
      }),
      { numRuns: 2000 },
    );
  });

  it("is the shortest, as long as that is affordable", () => {
    const edits = (before: string, after: string) =>
      diffLines([...before], [...after])
        .flatMap((hunk) => hunk.lines)
        .filter(({ kind }) => kind !== "same").length;
    expect(edits("abcabba", "cbabac")).toBe(5);
    expect(edits("", "abc")).toBe(3);
    expect(edits("same", "same")).toBe(0);
  });

  it("is quick for long texts that have nothing in common", () => {
    const numbered = (word: string) => Array.from({ length: 20_000 }, (_, index) => `${word}${index}`);
    const [hunk] = diffLines(numbered("a"), numbered("b"));
    expect(hunk?.lines.length).toBe(40_000);
  });

  it("keeps distant changes in hunks of their own", () => {
    const before = Array.from({ length: 100 }, (_, index) => `line ${index}`);
    const after = before.with(10, "changed").with(90, "changed");
    expect(diffLines(before, after).map(({ oldStart, lines: shown }) => [oldStart, shown.length])).toEqual([
      [7, 8],
      [87, 8],
    ]);
  });
});
