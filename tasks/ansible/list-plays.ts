/** Which hosts each play would match, as ansible-playbook itself says. */
import { VendorError } from "../core/errors.ts";
import { capture } from "../io/command/capture.ts";
import type { PlaybookCommand } from "./command.ts";

export interface PlayMatch {
  readonly name: string;
  readonly pattern: string;
  /** Number of hosts. */
  readonly hosts: number;
}

/**
 * @param inventory replaces the command's own, to ask about files that are not in place yet
 * @throws VendorError when Ansible cannot read the playbook or the inventory
 */
export async function listPlays(
  command: PlaybookCommand,
  inventory: string,
  env: NodeJS.ProcessEnv,
): Promise<readonly PlayMatch[]> {
  const [program, ...rest] = command.argv;
  const words = rest.map((word) => (word === command.inventory ? inventory : word));
  const result = await capture([program, ...words, "--list-hosts"], {
    cwd: command.cwd,
    env: { ...env, ...command.env, LC_ALL: "C.UTF-8" },
  });
  if (result.code !== 0) {
    throw new VendorError(`ansible-playbook --list-hosts failed with exit code ${result.code}`, {
      output: `${result.stderr}${result.stdout}`.trimEnd(),
      remedy: "the lines above are Ansible's own",
    });
  }
  return parseListHosts(result.stdout);
}

/** Reads the report that --list-hosts prints: a head line a play, its pattern, its number of hosts. */
export function parseListHosts(text: string): readonly PlayMatch[] {
  const plays: PlayMatch[] = [];
  for (const block of text.split(/^ {2}play #\d+ /m).slice(1)) {
    const head = /^\((?<hosts>.*?)\): (?<name>.*?)\s*(?:TAGS: \[.*\])?$/m.exec(block)?.groups;
    const pattern = /^\s+pattern: \[(.*)\]$/m.exec(block)?.[1]?.replaceAll("'", "") ?? "";
    const count = Number(/^\s+hosts \((\d+)\):/m.exec(block)?.[1] ?? 0);
    plays.push({ name: head?.name?.trim() || pattern, pattern, hosts: count });
  }
  return plays;
}
