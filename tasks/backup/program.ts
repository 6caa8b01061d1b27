/** Runs kube-magic-backup on a host over SSH and follows what it says. */
import type { z } from "zod";
import type { ClusterModel, Host } from "../core/model.ts";
import { capture } from "../io/shell.ts";
import { sshCommandTo } from "../render/connection.ts";
import { type ProgramEvent, programEvent } from "./answers.ts";

export type Outcome<Report> =
  | { readonly kind: "done"; readonly host: string; readonly report: Report }
  /** It ran and said why not; `code` is one of our own exit codes. */
  | {
      readonly kind: "failed";
      readonly host: string;
      readonly code: number;
      readonly failure: string;
      readonly message: string;
    }
  /** The host did not answer, or the program is not on it. */
  | { readonly kind: "silent"; readonly host: string; readonly absent: boolean; readonly message: string };

export type Unsuccessful = Exclude<Outcome<never>, { kind: "done" }>;

/** With the sandboxed unit's own limit: a backup of a large database over a slow line is no hang. */
const TIMEOUT_MS = 6 * 3600 * 1000;
const NOT_FOUND = 127;
const SSH_FAILED = 255;

/** The ssh command that runs the program there, as root. */
export function programCommand(
  model: ClusterModel,
  host: Host,
  words: readonly string[],
): [string, ...string[]] {
  const sudo = host.ssh.user === "root" ? "" : "sudo -n ";
  return [
    ...sshCommandTo(model, host),
    `${sudo}${["kube-magic-backup", "--json", ...words].map(quote).join(" ")}`,
  ];
}

export interface Ask<Report> {
  readonly model: ClusterModel;
  readonly words: readonly string[];
  readonly report: z.ZodType<Report>;
  readonly env: NodeJS.ProcessEnv;
  readonly onStep?: (host: string, message: string) => void;
}

export async function askHost<Report>(host: Host, ask: Ask<Report>): Promise<Outcome<Report>> {
  let last: ProgramEvent | undefined;
  let rest = "";
  const { code, stderr } = await capture(programCommand(ask.model, host, ask.words), {
    env: ask.env,
    timeoutMs: TIMEOUT_MS,
    onStdout(text) {
      const lines = (rest + text).split("\n");
      rest = lines.pop() ?? "";
      for (const event of lines.flatMap(eventIn)) {
        if (event.event === "step") ask.onStep?.(host.name, event.message);
        else last = event;
      }
    },
  });
  return conclude(host.name, code, stderr, last, ask.report);
}

/** Pure: what the program's last word and exit code mean. */
export function conclude<Report>(
  host: string,
  code: number,
  stderr: string,
  last: ProgramEvent | undefined,
  schema: z.ZodType<Report>,
): Outcome<Report> {
  if (last?.event === "failure")
    return { kind: "failed", host, code, failure: last.kind, message: last.message };
  const said = stderr.trim().split("\n").at(-1) ?? "";
  if (code === NOT_FOUND || /kube-magic-backup: (command )?not found/.test(stderr))
    return { kind: "silent", host, absent: true, message: "backups are not deployed there" };
  if (code === SSH_FAILED) return { kind: "silent", host, absent: false, message: said || "does not answer" };
  if (code !== 0 || last?.event !== "done")
    return { kind: "failed", host, code: 5, failure: "unexpected", message: said || `ended with ${code}` };
  const report = schema.safeParse(last.report);
  if (report.success) return { kind: "done", host, report: report.data };
  const issue = report.error.issues[0];
  const message = `answers what we do not understand: ${issue?.path.join(".")}: ${issue?.message}`;
  return { kind: "failed", host, code: 5, failure: "unexpected", message };
}

function eventIn(line: string): ProgramEvent[] {
  try {
    const parsed = programEvent.safeParse(JSON.parse(line));
    return parsed.success ? [parsed.data] : [];
  } catch {
    return [];
  }
}

/** Hosts at once: each is one SSH connection, and one stream into the backup host. */
const AT_ONCE = 8;

/** All hosts, a few at a time; outcomes in the order of the hosts. */
export async function askHosts<Report>(
  hosts: readonly Host[],
  ask: Ask<Report>,
): Promise<readonly Outcome<Report>[]> {
  const outcomes: Outcome<Report>[] = [];
  const waiting = [...hosts.entries()];
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [index, host] = next;
      outcomes[index] = await askHost(host, ask);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return outcomes;
}

function quote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
