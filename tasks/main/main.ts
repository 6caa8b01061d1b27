/** The entry: the only place that exits, and the only top-level catch. */
import { describeBug, describeError } from "../cli/describe.ts";
import { EXIT, KubeMagicError } from "../core/errors.ts";
import { pathsAt, repositoryRoot } from "../core/paths.ts";
import { overview } from "./help.ts";
import { runCommand } from "./run-command.ts";

const out = (text: string): void => void process.stdout.write(text);
const err = (text: string): void => void process.stderr.write(text);

async function main([name, ...rest]: readonly string[]): Promise<number> {
  if (name === undefined || name === "--help" || name === "-h" || name === "help") {
    out(overview());
    return EXIT.done;
  }
  return runCommand(name, rest, {
    paths: pathsAt(process.env.KUBE_MAGIC_ROOT ?? repositoryRoot()),
    env: process.env,
    out,
    err,
    isTerminal: process.stdout.isTTY === true,
    ...(process.stdin.isTTY && process.stderr.isTTY
      ? { terminal: { input: process.stdin, output: process.stderr } }
      : {}),
  });
}

// A closed pipe (`npm run plan | head`) is the reader's choice, not an error.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(EXIT.done);
  throw error;
});

/** Ends the process even when a timer or a socket is still open: the user does not wait for a finished command. */
function exit(code: number): void {
  process.stdout.write("", () => process.stderr.write("", () => process.exit(code)));
}

try {
  exit(await main(process.argv.slice(2)));
} catch (error) {
  if (error instanceof KubeMagicError) {
    err(describeError(error));
    exit(error.exitCode);
  } else {
    err(describeBug(error));
    exit(EXIT.bug);
  }
}
