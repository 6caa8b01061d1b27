import { describe, expect, test } from "vitest";
import { chooseVersions, type Selection } from "../../../tasks/toolchain/pins/choose-versions.ts";
import type { LockedSource } from "../../../tasks/toolchain/pins/lock-file.ts";
import type { Pin, Pins } from "../../../tasks/toolchain/pins/pins.ts";

const commit = (digit: string) => digit.repeat(40);
const pin = (source: string, version: string, digit: string): Pin => ({
  source,
  version,
  url: `https://git.invalid/owner/${source}`,
  folder: source,
  ref: "branch",
  commit: commit(digit),
  leftOut: [],
});
const pins: Pins = {
  sources: new Map([
    [
      "tool",
      {
        name: "tool",
        tool: "tool",
        default: "v2",
        versions: new Map([
          ["v2", pin("tool", "v2", "2")],
          ["v1", pin("tool", "v1", "1")],
        ]),
      },
    ],
    [
      "helper",
      {
        name: "helper",
        tool: "tool",
        default: "main",
        versions: new Map([["main", pin("helper", "main", "a")]]),
      },
    ],
    [
      "other",
      {
        name: "other",
        tool: "other",
        default: "main",
        versions: new Map([["main", pin("other", "main", "b")]]),
      },
    ],
  ]),
};
const locked = (version: string, digit: string, selected = false): LockedSource => ({
  version,
  selected,
  commit: commit(digit),
  tree: commit("f"),
  patches: [],
  patchSet: "0".repeat(12),
  files: {},
});
const nothing: Selection = { only: [], refs: new Map(), update: false };
const of = (lock: Record<string, LockedSource>, selection: Partial<Selection> = {}) =>
  chooseVersions(pins, new Map(Object.entries(lock)), { ...nothing, ...selection }).map(
    ({ pin: { source, version, commit: id }, selected, newer }) =>
      [
        source,
        version,
        id[0],
        selected ? "selected" : "",
        newer === undefined ? "" : `newer ${newer.version}`,
      ]
        .filter(Boolean)
        .join(" "),
  );

describe("which version of which source", () => {
  test.each<
    readonly [
      name: string,
      lock: Record<string, LockedSource>,
      selection: Partial<Selection>,
      expected: readonly string[],
    ]
  >([
    ["the defaults, at first", {}, {}, ["tool v2 2", "helper main a", "other main b"]],
    ["a tool brings what it needs", {}, { only: ["tool"] }, ["tool v2 2", "helper main a"]],
    ["a source by itself", {}, { only: ["helper"] }, ["helper main a"]],
    [
      "one that was chosen",
      {},
      { only: ["tool"], refs: new Map([["tool", "v1"]]) },
      ["tool v1 1 selected", "helper main a"],
    ],
    [
      "one that was chosen before is remembered",
      { tool: locked("v1", "1", true) },
      { only: ["tool"] },
      ["tool v1 1 selected", "helper main a"],
    ],
    [
      "the default chosen again is no selection",
      { tool: locked("v1", "1", true) },
      { only: ["tool"], refs: new Map([["tool", "v2"]]) },
      ["tool v2 2", "helper main a"],
    ],
    [
      "a default that changed waits for --update",
      { tool: locked("v1", "1") },
      { only: ["tool"] },
      ["tool v1 1 newer v2", "helper main a"],
    ],
    [
      "and follows it",
      { tool: locked("v1", "1") },
      { only: ["tool"], update: true },
      ["tool v2 2", "helper main a"],
    ],
    [
      "a commit that changed waits too",
      { other: locked("main", "c") },
      { only: ["other"] },
      ["other main c newer main"],
    ],
    [
      "a version that is gone from vendor.yml stays until --update",
      { tool: locked("v0", "0", true) },
      { only: ["tool"] },
      ["tool v0 0 selected newer v2", "helper main a"],
    ],
    [
      "and goes with it",
      { tool: locked("v0", "0", true) },
      { only: ["tool"], update: true },
      ["tool v2 2", "helper main a"],
    ],
  ])("%s", (_, lock, selection, expected) => {
    expect(of(lock, selection)).toEqual(expected);
  });

  test.each([
    [{ only: ["tol"] }, 'did you mean "tool"?'],
    [{ refs: new Map([["tool", "v3"]]) }, "did you mean v2?"],
    [{ refs: new Map([["custom", "v3"]]) }, 'has no source "custom"'],
  ])("%j is refused with the nearest name", (selection, message) => {
    expect(() => of({}, selection)).toThrow(message);
  });
});
