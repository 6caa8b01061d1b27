/** Runs a shell script as root on a host, over one SSH connection. The script goes over standard input: argv is public. */
import { randomBytes } from "node:crypto";
import type { ClusterModel, Host } from "../core/model.ts";
import { capture } from "../io/shell.ts";
import { sshCommandTo } from "../render/connection.ts";

/** What one `section NAME COMMAND…` of a script printed, both streams together, and how it ended. */
export interface Section {
  readonly code: number;
  readonly text: string;
}

export type HostAnswer =
  | {
      readonly kind: "ran";
      readonly code: number;
      readonly sections: ReadonlyMap<string, Section>;
      /** Everything outside of sections. */
      readonly rest: string;
      readonly stderr: string;
    }
  | { readonly kind: "unreachable"; readonly reason: string };

export interface ScriptOptions {
  readonly env: NodeJS.ProcessEnv;
  /** After this the script is given up; it may go on on the host. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
  /** Shell variables that the script begins with. */
  readonly variables?: Readonly<Record<string, string>>;
}

/** Seconds until a host that does not answer is given up: in an outage nobody wants to wait for ssh. */
const PATIENCE_SECONDS = 5;
/** ssh's own failures; `sudo` and the shell have others. */
const SSH_FAILED = 255;

export async function runOnHost(
  model: ClusterModel,
  host: Host,
  script: string,
  options: ScriptOptions,
): Promise<HostAnswer> {
  const mark = `@@${randomBytes(6).toString("hex")}`;
  const shell = host.ssh.user === "root" ? "sh -s" : "sudo -n sh -s";
  const { code, stdout, stderr } = await capture([...sshCommandTo(model, host, PATIENCE_SECONDS), shell], {
    env: options.env,
    input: framed(mark, script, options.variables ?? {}),
    timeoutMs: options.timeoutMs,
    detached: true,
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  });
  const { sections, rest } = readSections(mark, stdout);
  if (!rest.includes(`${mark} ready`))
    return { kind: "unreachable", reason: whyNot(code, stderr, host, options.timeoutMs) };
  return { kind: "ran", code, sections, rest: withoutMarks(mark, rest), stderr };
}

/** The whole script is read before any of it runs: half a script, after a broken connection, does nothing. */
function framed(mark: string, script: string, variables: Readonly<Record<string, string>>): string {
  const assignments = Object.entries(variables).map(([name, value]) => `${name}=${shellQuoted(value)}`);
  return `{
PATH=$PATH:/usr/local/sbin:/usr/local/bin:/usr/sbin:/sbin:/opt/bin
LC_ALL=C; export PATH LC_ALL; umask 077
section() {
  printf '\\n${mark} begin %s\\n' "$1"; shift
  "$@" 2>&1; printf '\\n${mark} end %s\\n' "$?"
}
echo '${mark} ready'
${assignments.join("\n")}
${script}
} </dev/null
`;
}

/** A word that a POSIX shell reads back as it is. */
export function shellQuoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

function readSections(mark: string, stdout: string): { sections: Map<string, Section>; rest: string } {
  const sections = new Map<string, Section>();
  const pattern = new RegExp(`\\n${mark} begin (\\S+)\\n([\\s\\S]*?)\\n${mark} end (\\d+)\\n`, "g");
  const rest = stdout.replaceAll(pattern, (_all, name: string, text: string, code: string) => {
    sections.set(name, { code: Number(code), text });
    return "";
  });
  return { sections, rest };
}

function withoutMarks(mark: string, text: string): string {
  return text
    .split("\n")
    .filter((line) => !line.startsWith(mark))
    .join("\n");
}

function whyNot(code: number, stderr: string, host: Host, timeoutMs: number): string {
  const said = stderr.trim().split("\n").at(-1) ?? "";
  if (code !== SSH_FAILED && /sudo/.test(said))
    return `${host.ssh.user} may not become root without a password: ${said}`;
  if (said !== "") return said.replace(/^ssh: /, "");
  return `no answer within ${timeoutMs / 1000} s`;
}
