/** Runs one harmless shell line on every host, which needs no Python: for questions before a tool may run. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { capture } from "../io/command/capture.ts";
import type { PlaybookCommand } from "./command.ts";

export interface Answer {
  readonly host: string;
  /** Absent when the host could not be asked. */
  readonly text?: string;
  /** Why not. */
  readonly problem?: string;
}

/** @param command any playbook command of the same inventory: its Ansible and its settings are used. */
export async function askHosts(
  command: PlaybookCommand,
  inventory: string,
  pattern: string,
  line: string,
  env: NodeJS.ProcessEnv,
  limit?: string,
): Promise<readonly Answer[]> {
  const answers = mkdtempSync(join(tmpdir(), "kube-magic-ask-"));
  try {
    const ansible = command.argv[0].replace(/ansible-playbook$/, "ansible");
    const only = limit === undefined ? [] : ["--limit", limit];
    await capture([ansible, "-i", inventory, pattern, ...only, "-m", "raw", "-a", line, "--tree", answers], {
      cwd: command.cwd,
      env: { ...env, ...command.env, LC_ALL: "C.UTF-8", ANSIBLE_DEPRECATION_WARNINGS: "False" },
    });
    return readdirSync(answers)
      .sort()
      .map((host) => answer(host, readFileSync(join(answers, host), "utf8")));
  } finally {
    rmSync(answers, { recursive: true, force: true });
  }
}

function answer(host: string, text: string): Answer {
  const result = JSON.parse(text) as { stdout?: string; msg?: string; unreachable?: boolean };
  if (result.unreachable === true || result.stdout === undefined)
    return { host, problem: (result.msg ?? "no answer").split("\n")[0] ?? "no answer" };
  return { host, text: result.stdout };
}
