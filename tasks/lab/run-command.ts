/** Commands that must succeed. */
import { GateError } from "../core/errors.ts";
import { type CommandOptions, capture } from "../io/command/capture.ts";

/** Standard output of a command. @throws GateError when this machine refuses it. */
export async function succeed(
  argv: readonly [string, ...string[]],
  options: CommandOptions = {},
): Promise<string> {
  const result = await capture(argv, options);
  if (result.code === 0) return result.stdout;
  throw new GateError(`this machine refused: ${argv.join(" ")} (exit ${result.code})`, {
    output: result.stderr.trim(),
    remedy: /No space left/.test(result.stderr)
      ? "Free some space there, or set KUBE_MAGIC_LAB_DIR to a larger disk."
      : "The lab needs a machine, or a virtual one, where root may make bridges, mounts and containers.",
  });
}
