import { PassThrough } from "node:stream";
import { describe, expect, test } from "vitest";
import { confirm } from "../../../tasks/cli/confirm.ts";
import type { ParsedArguments } from "../../../tasks/cli/task.ts";
import type { Question } from "../../../tasks/core/session.ts";

const YES: Question = { kind: "yes", text: "Deploy on prod?" };
const NAME: Question = { kind: "name", name: "prod", text: "Type prod:" };
const typed = { command: "kube:reset", line: "npm run kube:reset", resumeLine: "npm run kube:reset" };

function given(flags: readonly string[], confirmed?: string): ParsedArguments {
  const values = new Map(confirmed === undefined ? [] : [["confirm", [confirmed]]]);
  return { flags: new Set(flags), values, positionals: [], rest: [] };
}

/** What the user types; undefined: the input ends without a word. */
async function answer(question: Question, text: string | undefined): Promise<string> {
  const input = new PassThrough();
  const output = new PassThrough();
  if (text === undefined) input.end();
  else input.write(`${text}\n`);
  await confirm(question, { typed, args: given([]), terminal: { input, output } });
  return String(output.read());
}

describe("a question", () => {
  test.each(["y", "Y", "yes", "YES "])("is answered by %j", async (text) => {
    expect(await answer(YES, text)).toContain("Deploy on prod? [y/N]");
  });

  test.each(["", "n", "no", "yess", "prod", undefined])("is refused by %j with 130", async (text) => {
    await expect(answer(YES, text)).rejects.toMatchObject({
      exitCode: 130,
      message: "not confirmed; nothing was changed",
      remedy: "npm run kube:reset -- --yes",
    });
  });

  test("for a name takes that name and nothing else", async () => {
    expect(await answer(NAME, " prod ")).toContain("Type prod:");
    for (const wrong of ["y", "yes", "Prod", "", undefined])
      await expect(answer(NAME, wrong)).rejects.toMatchObject({ exitCode: 130 });
  });

  test("without a terminal is refused with 2 and the exact command", async () => {
    for (const [question, option] of [
      [YES, "--yes"],
      [NAME, "--confirm prod"],
    ] as const)
      await expect(confirm(question, { typed, args: given([]), terminal: undefined })).rejects.toMatchObject({
        exitCode: 2,
        remedy: `npm run kube:reset -- ${option}`,
      });
  });

  test("is answered beforehand by its own option only", async () => {
    const off = { typed, terminal: undefined };
    await expect(confirm(YES, { ...off, args: given(["yes"]) })).resolves.toBeUndefined();
    await expect(confirm(NAME, { ...off, args: given([], "prod") })).resolves.toBeUndefined();
    await expect(confirm(NAME, { ...off, args: given(["yes"]) })).rejects.toMatchObject({ exitCode: 2 });
  });

  test("refuses the name of something else, and says what would change", async () => {
    const line = "npm run kube:reset -- --confirm lab";
    const args = given([], "lab");
    await expect(
      confirm(NAME, { typed: { ...typed, line }, args, terminal: undefined }),
    ).rejects.toMatchObject({
      exitCode: 2,
      message: "--confirm lab does not match: this command would change prod",
      remedy: "if you mean prod: npm run kube:reset -- --confirm prod",
    });
  });
});
