/** A command as the command line runs it, without a process of its own. */
import { describeError } from "../../tasks/cli/describe.ts";
import { KubeMagicError } from "../../tasks/core/errors.ts";
import { pathsAt } from "../../tasks/core/paths.ts";
import { runCommand as run } from "../../tasks/main/run-command.ts";

export interface CommandRun {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** @param root the repository to work in. Exceptions that are no KubeMagicError are bugs, and thrown. */
export async function runCommand(root: string, name: string, ...argv: string[]): Promise<CommandRun> {
  let out = "";
  let err = "";
  try {
    const code = await run(name, argv, {
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
    return { code, out, err };
  } catch (error) {
    if (!(error instanceof KubeMagicError)) throw error;
    return { code: error.exitCode, out, err: err + describeError(error) };
  }
}
