import { describe, expect, test } from "vitest";
import { compareVersions } from "../../../tasks/core/versions.ts";

describe("versions are compared number by number", () => {
  test.each([
    ["1.9.0", "1.10.0", -1],
    ["2.18", "2.18.0", 0],
    ["v1.35.4", "1.35.4", 0],
    ["1.34.1-rc.2", "1.34.1", 0],
    ["3.11.43", "3.11", 1],
    ["1.33.0+k3s1", "1.33.1", -1],
  ])("%s and %s", (a, b, sign) => {
    expect(Math.sign(compareVersions(a, b))).toBe(sign);
    expect(Math.sign(compareVersions(b, a))).toBe(sign === 0 ? 0 : -sign);
  });

  test("sort the newest last", () => {
    expect(["1.35.4", "1.9.1", "1.35.10", "1.33"].sort(compareVersions)).toEqual([
      "1.9.1",
      "1.33",
      "1.35.4",
      "1.35.10",
    ]);
  });
});
