/** Commands that must succeed. */
import { type CommandOptions, capture } from "../io/shell.ts";

/** Standard output of a command. @throws Error (a bug of ours, or a broken machine) when it fails. */
export async function succeed(
  argv: readonly [string, ...string[]],
  options: CommandOptions = {},
): Promise<string> {
  const result = await capture(argv, options);
  if (result.code === 0) return result.stdout;
  throw new Error(`${argv.join(" ")}: exit ${result.code}\n${result.stderr}`);
}
