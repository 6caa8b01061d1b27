/** Commands → the completion script of one shell. */
import type { CommandEntry } from "../task.ts";
import { bashScript } from "./bash.ts";
import { commandOffers, type Shell } from "./candidates.ts";
import { fishScript } from "./fish.ts";
import { zshScript } from "./zsh.ts";

const SCRIPTS = { bash: bashScript, zsh: zshScript, fish: fishScript } as const;

export function completionScript(shell: Shell, commands: readonly CommandEntry[]): string {
  return SCRIPTS[shell](commandOffers(commands));
}
