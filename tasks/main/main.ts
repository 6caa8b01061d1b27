/** The entry: the only place that exits, and the only top-level catch. */

import { describeBug, describeError } from "../cli/describe.ts";
import { parseArguments, splitArguments } from "../cli/parse.ts";
import { closest } from "../core/closest.ts";
import { EXIT, InputError, KubeMagicError } from "../core/errors.ts";
import { pathsAt, repositoryRoot } from "../core/paths.ts";
import { overview, taskHelp } from "./help.ts";
import { REGISTRY } from "./registry.ts";

const out = (text: string): void => void process.stdout.write(text);
const err = (text: string): void => void process.stderr.write(text);

async function main(argv: readonly string[]): Promise<number> {
  const [name, ...rest] = argv;
  if (name === undefined || name === "--help" || name === "-h" || name === "help") {
    out(overview());
    return EXIT.done;
  }
  const entry = REGISTRY[name];
  if (entry === undefined) {
    const near = closest(name, Object.keys(REGISTRY));
    throw new InputError(
      `unknown command "${name}"${near === undefined ? "" : `, did you mean "${near}"?`}`,
      {
        remedy: "--help lists all commands",
      },
    );
  }
  const { task } = await entry.load();
  if (splitArguments(task, rest).own.some((word) => word === "--help" || word === "-h")) {
    out(taskHelp(name, task));
    return EXIT.done;
  }
  const code = await task.run({
    args: parseArguments(name, task, rest),
    paths: pathsAt(process.env.KUBE_MAGIC_ROOT ?? repositoryRoot()),
    env: process.env,
    out,
    err,
    isTerminal: process.stdout.isTTY === true,
  });
  return code ?? EXIT.done;
}

// A closed pipe (`npm run plan | head`) is the reader's choice, not an error.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(EXIT.done);
  throw error;
});

/** Ends for sure: a forgotten timer or socket must not keep a finished command, and whoever waits for it, waiting. */
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
