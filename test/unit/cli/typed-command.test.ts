import { describe, expect, test } from "vitest";
import { parseArguments } from "../../../tasks/cli/parse.ts";
import { typedCommand } from "../../../tasks/cli/typed-command.ts";
import { allCommands } from "../../../tasks/main/run-command.ts";

const COMMANDS = new Map((await allCommands()).map(({ name, task }) => [name, task]));

function typed(name: string, ...argv: string[]) {
  const task = COMMANDS.get(name)!;
  return typedCommand(name, task, parseArguments(name, task, argv));
}

describe("a command to paste", () => {
  test.each<[readonly string[], string]>([
    [["status"], "npm run status"],
    [["node:remove", "w1", "w2", "--dead"], "npm run node:remove -- w1 w2 --dead"],
    [["deploy", "kube", "-c", "prod"], "npm run deploy:kube -- --cluster prod"],
    [["deploy", "kube", "post"], "npm run deploy -- kube post"],
    [["deploy", "--plan"], "npm run deploy"],
    [["etcd:restore", "my file.db"], "npm run etcd:restore -- 'my file.db'"],
  ])("%j is %s", ([name = "", ...argv], line) => {
    expect(typed(name, ...argv).line).toBe(line);
  });

  test("continues with --resume where the command has it", () => {
    expect(typed("deploy", "kube").resumeLine).toBe("npm run deploy:kube -- --resume");
    expect(typed("deploy", "kube", "--resume").resumeLine).toBe("npm run deploy:kube -- --resume");
    expect(typed("kube:reset").resumeLine).toBe("npm run kube:reset");
  });

  test("shows no value that may be secret", () => {
    const { command, line, resumeLine } = typed(
      "deploy",
      ...["--set", "ldap.bindPassword=hunter2", "-e", "token=hunter2", "--limit", "lb1"],
    );
    for (const text of [command, line, resumeLine]) expect(text).not.toContain("hunter2");
    expect(line).toBe("npm run deploy -- --set ldap.bindPassword=… --extra-vars … --limit lb1");
  });
});
