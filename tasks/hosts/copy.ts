/** Files to and from hosts, as root on the host, over one SSH connection each. */
import { randomBytes } from "node:crypto";
import { closeSync, openSync, statfsSync } from "node:fs";
import { GateError } from "../core/errors.ts";
import type { ClusterModel, Host } from "../core/model.ts";
import { shellCommand, shellWord } from "../core/shell-words.ts";
import { stream } from "../io/command/stream.ts";
import { onDisk } from "../io/files.ts";
import { lastLine, type NoAnswer, noAnswer } from "./answer.ts";
import { asRoot, sshCommandTo } from "./ssh-command.ts";

export interface CopyOptions {
  readonly env: NodeJS.ProcessEnv;
  /** Ends the copy in the middle: the file is then not whole. */
  readonly signal?: AbortSignal;
}

export type CopyAnswer =
  | { readonly kind: "copied" }
  /** The host refused. */
  | { readonly kind: "failed"; readonly code: number; readonly reason: string; readonly stderr: string }
  | NoAnswer;

/** The bytes of a host's file into a local one, which only its owner can read. */
export async function copyFromHost(
  model: ClusterModel,
  host: Host,
  from: string,
  to: string,
  options: CopyOptions,
): Promise<CopyAnswer> {
  return outputToFile(model, host, ["cat", from], to, options);
}

/** What a command prints on a host into a local file, which only its owner can read. */
export async function outputToFile(
  model: ClusterModel,
  host: Host,
  command: readonly string[],
  to: string,
  options: CopyOptions,
): Promise<CopyAnswer> {
  return transfer(model, host, shellCommand(command), options, { output: to });
}

/** A local file to a place on the host, in a folder that is made when it is missing; only root can read it. */
export async function copyToHost(
  model: ClusterModel,
  host: Host,
  from: string,
  to: string,
  options: CopyOptions,
): Promise<CopyAnswer> {
  const folder = to.slice(0, to.lastIndexOf("/"));
  const line = `umask 077; mkdir -p ${shellWord(folder)} && cat > ${shellWord(to)}`;
  return transfer(model, host, line, options, { input: from });
}

async function transfer(
  model: ClusterModel,
  host: Host,
  line: string,
  { env, signal }: CopyOptions,
  files: { readonly input?: string; readonly output?: string },
): Promise<CopyAnswer> {
  // Both streams carry the file, so the marks are on standard error.
  const mark = `@@${randomBytes(8).toString("hex")}`;
  const marked = `PATH=$PATH:/usr/local/sbin:/usr/local/bin; echo ${mark} ready >&2; (${line}); echo "${mark} done $?" >&2`;
  const input = files.input === undefined ? undefined : openSync(files.input, "r");
  const { output: path } = files;
  const output = path === undefined ? undefined : onDisk(path, () => openSync(path, "w", 0o600));
  try {
    const command = asRoot(host, shellCommand(["sh", "-c", marked]));
    const { code, stderr } = await stream([...sshCommandTo(model, host), command], {
      env,
      input,
      output,
      ...(signal === undefined ? {} : { signal }),
    });
    const done = new RegExp(`^${mark} done (\\d+)$`, "m").exec(stderr)?.[1];
    const said = stderr.replaceAll(new RegExp(`^${mark} .*\\n?`, "gm"), "");
    if (done === undefined)
      return noAnswer({
        host,
        began: stderr.includes(`${mark} ready`),
        code,
        stderr: said,
        timedOut: false,
        stopped: signal?.aborted === true,
      });
    if (done === "0") return { kind: "copied" };
    return {
      kind: "failed",
      code: Number(done),
      reason: lastLine(said) || `exit code ${done}`,
      stderr: said,
    };
  } finally {
    if (input !== undefined) closeSync(input);
    if (output !== undefined) closeSync(output);
  }
}

/** @throws GateError when a folder of this machine has no room for so many bytes. */
export function requireFreeSpace(folder: string, bytes: number, what: string): void {
  const { bavail, bsize } = statfsSync(folder);
  if (bavail * bsize > bytes) return;
  throw new GateError(`not enough free space for ${what} in ${folder} on this machine`, {
    remedy: "free some space, or name another place with --output; nothing was changed",
  });
}
