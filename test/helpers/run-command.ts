/** A command as the command line runs it, without a process of its own. */
import { describeError } from "../../tasks/cli/describe.ts";
import { parseArguments } from "../../tasks/cli/parse.ts";
import { KubeMagicError } from "../../tasks/core/errors.ts";
import { pathsAt } from "../../tasks/core/paths.ts";
import { REGISTRY } from "../../tasks/main/registry.ts";

export interface CommandRun {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** @param root the repository to work in. Exceptions that are no KubeMagicError are bugs, and thrown. */
export async function runCommand(root: string, name: string, ...argv: string[]): Promise<CommandRun> {
  const entry = REGISTRY[name];
  if (entry === undefined) throw new Error(`no command ${name}`);
  const { task } = await entry.load();
  let out = "";
  let err = "";
  try {
    const code = await task.run({
      args: parseArguments(name, task, argv),
      paths: pathsAt(root),
      env: {},
      out: (text) => {
        out += text;
      },
      err: (text) => {
        err += text;
      },
      isTerminal: false,
    });
    return { code: code ?? 0, out, err };
  } catch (error) {
    if (!(error instanceof KubeMagicError)) throw error;
    return { code: error.exitCode, out, err: err + describeError(error) };
  }
}
