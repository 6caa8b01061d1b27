import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { compareVersions } from "../../../tasks/core/versions.ts";
import { inRange, parseRange, rangeText, versionNumber } from "../../../tasks/toolchain/version-range.ts";

describe("versions", () => {
  test.each([
    [">=2.18 <2.19", { min: "2.18", below: "2.19" }],
    [">=2.31, <2.32", { min: "2.31", below: "2.32" }],
    [">= v1.2.3 < v2", { min: "1.2.3", below: "2" }],
    ["2.18", undefined],
    [">=2.19 <2.18", undefined],
    [">=2.18 <2.18", undefined],
    ["", undefined],
  ])("the range %j", (text, range) => {
    expect(parseRange(text)).toEqual(range);
    if (range !== undefined) expect(parseRange(rangeText(range))).toEqual(range);
  });

  test.each([
    ["2.18", "2.18", true],
    ["2.18.0", "2.18", true],
    ["2.18.19", "2.18", true],
    ["2.9.27", "2.18", false],
    ["2.19", "2.18", false],
  ])("%s is in >=%s <2.19: %s", (version, min, expected) => {
    expect(inRange(version, { min, below: "2.19" })).toBe(expected);
  });

  test.each([
    ["v2.31.0", "2.31.0"],
    ["stable-9.0", "9.0"],
    ["release-3.11", "3.11"],
    ["master", undefined],
  ])("the number in %s is %s", (name, number) => {
    expect(versionNumber(name)).toBe(number);
  });

  test("are in one order: antisymmetric, and a longer one of zeros is the same", () => {
    const version = fc
      .array(fc.nat({ max: 30 }), { minLength: 1, maxLength: 4 })
      .map((parts) => parts.join("."));
    fc.assert(
      fc.property(version, version, (a, b) => {
        expect(Math.sign(compareVersions(a, b)) + Math.sign(compareVersions(b, a))).toBe(0);
        expect(compareVersions(a, `${a}.0.0`)).toBe(0);
      }),
    );
  });
});
