import { expect, test } from "vitest";
import { describeError, describeProblem } from "../../../tasks/cli/describe.ts";
import { InputError } from "../../../tasks/core/errors.ts";

const problem = {
  code: "KM101",
  severity: "error",
  message: 'unknown key "rolse"',
  remedy: 'did you mean "roles"?',
  origin: { file: "inventories/x/cluster.yml", line: 12, column: 9, length: 5 },
  line: "  m1: {\trolse: [etcd] }",
} as const;

test("a problem shows place, line, caret under the very characters, and remedy", () => {
  expect(describeProblem(problem).split("\n")).toEqual([
    'inventories/x/cluster.yml:12:9: error KM101: unknown key "rolse"',
    " 12 |   m1: {\trolse: [etcd] }",
    "    |        \t^^^^^",
    '  → did you mean "roles"?',
    "",
  ]);
});

test("an error shows all its problems before its message", () => {
  const text = describeError(
    new InputError("2 problems", { problems: [problem, problem], remedy: "mend them" }),
  );
  expect(text.match(/KM101/g)).toHaveLength(2);
  expect(text.trimEnd().endsWith("error: 2 problems\n  → mend them")).toBe(true);
});
