/** The user who ran the command with sudo owns the lab's key and inventory, because a deploy onto the lab needs no root. */
import { chownSync } from "node:fs";

export function giveToSudoUser(...files: readonly string[]): void {
  const { SUDO_UID: user, SUDO_GID: group } = process.env;
  if (process.getuid?.() !== 0 || user === undefined || group === undefined) return;
  for (const file of files) chownSync(file, Number(user), Number(group));
}
