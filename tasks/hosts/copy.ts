/** Files to and from hosts, as root there, over one SSH connection each. */
import { closeSync, openSync, statfsSync } from "node:fs";
import { GateError } from "../core/errors.ts";
import type { ClusterModel, Host } from "../core/model.ts";
import { onDisk } from "../io/files.ts";
import { runWithFiles } from "../io/process.ts";
import { sshCommandTo } from "../render/connection.ts";
import { shellQuoted } from "./script.ts";

export interface CopyOptions {
  readonly env: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
}

/** What went wrong, or nothing. */
export type Complaint = string | undefined;

/** The bytes of a host's file into a local one, which only its owner can read. */
export async function fetchFile(
  model: ClusterModel,
  host: Host,
  from: string,
  to: string,
  options: CopyOptions,
): Promise<Complaint> {
  return run(model, host, `cat ${shellQuoted(from)}`, options, { output: to });
}

/** A local file to a place on the host, in a folder that is made when it is missing; only root can read it. */
export async function sendFile(
  model: ClusterModel,
  host: Host,
  from: string,
  to: string,
  options: CopyOptions,
): Promise<Complaint> {
  const folder = to.slice(0, to.lastIndexOf("/"));
  const line = `umask 077; mkdir -p ${shellQuoted(folder)} && cat > ${shellQuoted(to)}`;
  return run(model, host, line, options, { input: from });
}

async function run(
  model: ClusterModel,
  host: Host,
  line: string,
  options: CopyOptions,
  files: { readonly input?: string; readonly output?: string },
): Promise<Complaint> {
  const asRoot = host.ssh.user === "root" ? "" : "sudo -n ";
  const input = files.input === undefined ? undefined : openSync(files.input, "r");
  const { output: path } = files;
  const output = path === undefined ? undefined : onDisk(path, () => openSync(path, "w", 0o600));
  try {
    const { code, stderr } = await runWithFiles(
      [...sshCommandTo(model, host), `${asRoot}sh -c ${shellQuoted(line)}`],
      { ...options, input, output },
    );
    return code === 0 ? undefined : (stderr.trim().split("\n").at(-1) ?? `exit code ${code}`);
  } finally {
    if (input !== undefined) closeSync(input);
    if (output !== undefined) closeSync(output);
  }
}

/** @throws GateError when this machine has no room for so many bytes. */
export function requireRoomHere(folder: string, bytes: number, what: string): void {
  const { bavail, bsize } = statfsSync(folder);
  if (bavail * bsize > bytes) return;
  throw new GateError(`no room for ${what} in ${folder} on this machine`, {
    remedy: "free some space, or name another place with --output; nothing was changed",
  });
}
