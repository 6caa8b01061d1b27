import { describe, expect, test } from "vitest";
import { parseArguments } from "../../../tasks/cli/parse.ts";
import type { Task } from "../../../tasks/cli/task.ts";

const task: Task = {
  description: "",
  positionals: { usage: "[PHASE…]" },
  options: {
    cluster: { type: "string", short: "c", help: "" },
    set: { type: "string", multiple: true, help: "" },
    only: { type: "string", multiple: true, separated: true, help: "" },
    check: { type: "boolean", short: "C", help: "" },
  },
  run: async () => 0,
};

describe("arguments", () => {
  test("names may be given one by one or with commas, other values keep theirs", () => {
    const { values } = parseArguments("init", task, ["--only", "a,b", "--only=c,", "--set", "x=1,2"]);
    expect(values.get("only")).toEqual(["a", "b", "c"]);
    expect(values.get("set")).toEqual(["x=1,2"]);
  });

  test("flags, values, positionals and the rest are told apart", () => {
    const args = parseArguments("deploy", task, [
      "kube",
      "-c",
      "lab",
      "--set",
      "a=1",
      "--set=b=2",
      "--check",
      "--",
      "-x",
      "y",
    ]);
    expect([...args.flags]).toEqual(["check"]);
    expect(args.values.get("cluster")).toEqual(["lab"]);
    expect(args.values.get("set")).toEqual(["a=1", "b=2"]);
    expect(args.positionals).toEqual(["kube"]);
    expect(args.rest).toEqual(["-x", "y"]);
  });

  test.each([
    [["--clutser", "lab"], /unknown flag --clutser, did you mean --cluster\?/],
    [["--zzzzzz"], /unknown flag --zzzzzz$/],
    [["--cluster"], /--cluster needs a value/],
    [["--cluster", "--check"], /--cluster needs a value/],
    [["--check=yes"], /--check takes no value/],
    [["-z"], /unknown flag -z/],
  ])("%j is refused", (argv, message) => {
    expect(() => parseArguments("deploy", task, argv)).toThrow(message);
  });

  test("a value may begin with a dash when it is joined", () => {
    expect(parseArguments("deploy", task, ["--set=a=-1"]).values.get("set")).toEqual(["a=-1"]);
  });

  test("positionals are refused where none are taken", () => {
    const { positionals: _none, ...bare } = task;
    expect(() => parseArguments("status", bare, ["oops"])).toThrow(/unexpected argument "oops"/);
  });
});
