import { describe, expect, test } from "vitest";
import { chosenLab } from "../../../tasks/cli/lab-option.ts";
import { parseArguments } from "../../../tasks/cli/parse.ts";
import { task as sshTask } from "../../../tasks/commands/lab/ssh.ts";
import { task as statusTask } from "../../../tasks/commands/lab/status.ts";

const words = (...argv: string[]) => {
  const { positionals, rest } = parseArguments("lab:ssh", sshTask, argv);
  return [...positionals, ...rest];
};

describe("lab:ssh", () => {
  test.each([
    [["lb1"], ["lb1"]],
    [
      ["lb1", "systemctl", "--failed", "--help"],
      ["lb1", "systemctl", "--failed", "--help"],
    ],
    [
      ["lb1", "--", "ls", "-l"],
      ["lb1", "ls", "-l"],
    ],
    [
      ["--", "lb1", "ls", "-l"],
      ["lb1", "ls", "-l"],
    ],
    [
      ["--lab", "x", "lb1", "ls", "--lab", "y"],
      ["lb1", "ls", "--lab", "y"],
    ],
    [
      ["--lab=x", "lb1", "ls"],
      ["lb1", "ls"],
    ],
    [
      ["lb1", "ls", "--", "-x"],
      ["lb1", "ls", "--", "-x"],
    ],
  ])("%j reads the host and the host's command, whatever flags that has", (argv, expected) => {
    expect(words(...argv)).toEqual(expected);
  });

  test("still refuses flags of its own that it does not know", () => {
    expect(() => words("--labb", "x", "lb1")).toThrow("--labb");
  });
});

test("a lab's name is checked before it becomes a path", () => {
  for (const name of ["../etc", "A", "a_b", "waytoolongname"]) {
    expect(() => chosenLab(parseArguments("lab:status", statusTask, ["--lab", name]))).toThrow(name);
  }
  expect(chosenLab(parseArguments("lab:status", statusTask, []))).toBe("lab");
});
