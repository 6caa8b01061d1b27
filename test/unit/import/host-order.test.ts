import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { mergeOrders } from "../../../tasks/import/map/host-order.ts";

describe("one order of all hosts", () => {
  test("fits in who stands between", () => {
    expect(mergeOrders([["a", "c"], ["b"], ["b", "c"]])).toEqual(["a", "b", "c"]);
  });
  test("follows the first of two that contradict each other, and still has every host", () => {
    expect(
      mergeOrders([
        ["a", "b"],
        ["b", "x", "a"],
      ]),
    ).toEqual(["a", "b", "x"]);
  });
  test("keeps every sequence of one common order", () => {
    const cases = fc
      .uniqueArray(fc.nat(50), { minLength: 1, maxLength: 30 })
      .chain((order) => fc.array(fc.subarray(order.map(String)), { maxLength: 8 }));
    fc.assert(
      fc.property(cases, (sequences) => {
        const merged = mergeOrders(sequences);
        expect([...merged].sort()).toEqual([...new Set(sequences.flat())].sort());
        for (const sequence of sequences)
          expect(merged.filter((name) => sequence.includes(name))).toEqual(sequence);
      }),
    );
  });
});
