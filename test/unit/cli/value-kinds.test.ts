import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseArguments } from "../../../tasks/cli/parse.ts";
import type { Task } from "../../../tasks/cli/task.ts";
import { VALUE_KINDS, type ValueKindName } from "../../../tasks/cli/value-kinds.ts";

const KINDS = Object.keys(VALUE_KINDS) as ValueKindName[];

test.each(KINDS)("the example of %s is accepted", (kind) => {
  expect(VALUE_KINDS[kind].accepts(VALUE_KINDS[kind].example)).toBe(true);
});

test.each<[ValueKindName, readonly string[], readonly string[]]>([
  ["count", ["1", "10", "007"], ["0", "-1", "1.5", "ten", "", "1 ", "10%", "12345678"]],
  ["days", ["0", "30", "397"], ["-1", "30d", "1e3", ""]],
  ["seconds", ["0", "360"], ["6m", "-5", "1.5"]],
  ["percent", ["80", "0.5", "100", "99.9"], ["0", "101", "80%", "x", "-1", "100.1"]],
  ["share", ["10%", "0.5%", "100%"], ["10", "0%", "101%", "%", "ten%"]],
  ["count-or-share", ["1", "20%", "100%"], ["0", "0%", "200%", "1.5", "a"]],
])("%s accepts %j and refuses %j", (kind, good, bad) => {
  expect(good.filter((text) => !VALUE_KINDS[kind].accepts(text))).toEqual([]);
  expect(bad.filter((text) => VALUE_KINDS[kind].accepts(text))).toEqual([]);
});

test("what a kind accepts is a number, with or without a percent sign", () => {
  fc.assert(
    fc.property(fc.constantFrom(...KINDS), fc.string(), (kind, text) => {
      if (VALUE_KINDS[kind].accepts(text)) expect(Number.isFinite(Number(text.replace(/%$/, "")))).toBe(true);
    }),
  );
});

describe("the parser", () => {
  const task: Task = {
    description: "",
    positionals: { usage: "[KIND…]", choices: ["etcd", "registry"] },
    options: {
      format: { type: "string", choices: ["text", "json"], help: "" },
      only: {
        type: "string",
        multiple: true,
        separated: true,
        value: "PHASE",
        choices: ["ceph", "kube"],
        help: "",
      },
      pause: { type: "string", kind: "seconds", help: "" },
      from: { type: "string", required: true, value: "SOURCE", choices: ["a", "b"], help: "" },
    },
    run: async () => 0,
  };
  const parse = (...argv: string[]) => parseArguments("x", task, ["--from", "a", ...argv]);

  test.each<[readonly string[], string, string]>([
    [
      ["--format", "jsn"],
      'x: --format: unknown value "jsn", did you mean "json"?',
      "choose from: text, json",
    ],
    [
      ["--only", "ceph,kub"],
      'x: --only: unknown phase "kub", did you mean "kube"?',
      "choose from: ceph, kube",
    ],
    [["etdc"], 'x: unknown kind "etdc", did you mean "etcd"?', "choose from: etcd, registry"],
    [["--pause", "5m"], 'x: --pause "5m" is not a whole number of seconds', "for example: --pause 360"],
  ])("refuses %j", (argv, message, remedy) => {
    expect(() => parse(...argv)).toThrow(expect.objectContaining({ message, remedy, exitCode: 2 }));
  });

  test("refuses a command without the option that it needs", () => {
    expect(() => parseArguments("x", task, [])).toThrow(
      expect.objectContaining({ message: "x: --from is missing", remedy: "add --from SOURCE, one of: a, b" }),
    );
  });

  test("words with choices may be separated by commas and are not repeated", () => {
    expect(parse("etcd,registry", "etcd").positionals).toEqual(["etcd", "registry"]);
  });

  test("any text is a value that is accepted whole, or refused with exit code 2", () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), (text) => {
        try {
          expect(parse(`--format=${text}`).values.get("format")).toEqual([text]);
          expect(["text", "json"]).toContain(text);
        } catch (error) {
          expect(error).toMatchObject({ exitCode: 2 });
        }
      }),
    );
  });
});
