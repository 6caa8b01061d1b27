/** Commands that must succeed. */
import { GateError } from "../core/errors.ts";
import { type CommandOptions, capture } from "../io/command/capture.ts";

/** Standard output of a command. @throws GateError when it fails. */
export async function mustRun(
  argv: readonly [string, ...string[]],
  options: CommandOptions = {},
): Promise<string> {
  const result = await capture(argv, options);
  if (result.code === 0) return result.stdout;
  throw new GateError(`this command failed: ${argv.join(" ")} (exit ${result.code})`, {
    output: result.stderr.trim(),
    remedy: /No space left/.test(result.stderr)
      ? "Free some space there, or set KUBE_MAGIC_LAB_DIR to a larger disk."
      : "Run the lab on a machine or virtual machine where root may make bridges, mounts and containers.",
  });
}
