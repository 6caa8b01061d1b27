import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { shellCommand, shellWord } from "../../../tasks/core/shell-words.ts";
import { capture } from "../../../tasks/io/command/capture.ts";

/** Anything but a null byte, which no argument can hold; half characters (lone surrogates) have no UTF-8. */
const word = fc
  .oneof(fc.string({ unit: "grapheme" }), fc.string({ unit: "binary" }), fc.constantFrom(...HOSTILE()))
  .filter((text) => !text.includes("\0"))
  .map((text) => Buffer.from(text).toString());

function HOSTILE(): string[] {
  return [
    "",
    "'",
    "''",
    `'"'"'`,
    "\\",
    "$(id)",
    "`id`",
    "$HOME",
    "*",
    "~",
    "a b",
    "\n",
    "-n",
    "a=b",
    "!",
    "#",
    "é",
  ];
}

async function lines(shell: readonly [string, ...string[]], script: string): Promise<readonly string[]> {
  const { code, stdout, stderr } = await capture(shell, { input: script });
  expect([code, stderr]).toEqual([0, ""]);
  return stdout.split("\0").slice(0, -1);
}

describe("words for a shell", () => {
  test.each([[["sh"]], [["bash"]]] as const)("are read back by %s as they were", async (shell) => {
    await fc.assert(
      fc.asyncProperty(fc.array(word, { minLength: 1, maxLength: 20 }), async (words) => {
        expect(await lines(shell, `printf '%s\\0' ${words.map(shellWord).join(" ")}`)).toEqual(words);
        expect(await lines(shell, shellCommand(["printf", "%s\\0", ...words]))).toEqual(words);
      }),
      { numRuns: 60 },
    );
  });

  test("stay words inside of words, as a command for a command needs them", async () => {
    const inner = shellCommand(["printf", "%s\\0", ...HOSTILE()]);
    expect(await lines(["sh"], shellCommand(["sh", "-c", inner]))).toEqual(HOSTILE());
  });

  test("are read back by Python's shlex, which Ansible uses", async () => {
    const { stdout } = await capture(
      ["python3", "-c", "import json,shlex,sys; print(json.dumps(shlex.split(sys.stdin.read())))"],
      { input: shellCommand(["ssh", ...HOSTILE()]) },
    );
    expect(JSON.parse(stdout)).toEqual(["ssh", ...HOSTILE()]);
  });

  test("a program with an equals sign in its name is no assignment", async () => {
    const { code, stderr } = await capture(["sh"], { input: shellCommand(["a=b"]) });
    expect([code, stderr]).toEqual([127, expect.stringContaining("a=b: not found")]);
  });

  test("are left alone when nothing in them needs quotes", () => {
    expect(shellCommand(["ssh", "-p", "22", "root@10.0.0.1", "a b"])).toBe("ssh -p 22 root@10.0.0.1 'a b'");
  });
});
