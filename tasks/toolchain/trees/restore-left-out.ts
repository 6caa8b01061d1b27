/** Restores files that init left off the disk, for the few phases that read them. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { VendorError } from "../../core/errors.ts";
import { GitFailure, openGit } from "../../io/git.ts";

/**
 * Writes the files into the tool's tree, from the repository's own store, without the network. Existing files stay.
 * @throws VendorError when git cannot restore them.
 */
export async function restoreLeftOut(
  vendorFolder: string,
  tool: string,
  paths: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<void> {
  const folder = join(vendorFolder, tool);
  const absent = paths.filter((path) => !existsSync(join(folder, path)));
  if (absent.length === 0 || !existsSync(join(folder, ".git"))) return;
  try {
    await openGit(folder, { env }).restoreLeftOut(absent);
  } catch (error) {
    if (!(error instanceof GitFailure)) throw error;
    throw new VendorError(`vendor/${tool}: ${absent.join(", ")} cannot be restored: ${error.reason}`, {
      remedy: error.remedy ?? `rm -r vendor/${tool} && npm run init`,
      output: error.message,
      cause: error,
    });
  }
}
