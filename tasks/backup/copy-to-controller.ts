/** Copies a backup to the controller: a tar over SSH, unpacked in a temporary folder, compared with the manifest, then renamed. */
import { createHash } from "node:crypto";
import {
  createReadStream,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
} from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { InputError, PhaseError } from "../core/errors.ts";
import type { ClusterModel, Host } from "../core/model.ts";
import { type CopyAnswer, outputToFile } from "../hosts/copy.ts";
import { capture } from "../io/command/capture.ts";
import { onDisk } from "../io/files.ts";
import { errorOf } from "./failures.ts";
import { eventsIn, notDeployed, programWords, silent, type Unsuccessful } from "./program.ts";

const MARK = ".kube-magic-partial-";

export interface BackupSource {
  readonly model: ClusterModel;
  readonly host: Host;
  readonly env: NodeJS.ProcessEnv;
  /** Ends the copy: nothing of it is kept. */
  readonly signal?: AbortSignal;
}

/**
 * @param words of the program: which backup, which paths
 * @returns how many files were compared
 * @throws InputError when the folder is in use, PhaseError when the copy is not complete
 */
export async function copyBackup(
  source: BackupSource,
  words: readonly string[],
  folder: string,
): Promise<number> {
  const target = resolve(folder);
  if (existsSync(target) && readdirSync(target).length > 0)
    throw new InputError(`${target} is not empty`, { remedy: "name a new folder" });
  const parent = dirname(target);
  const own = `.${basename(target)}${MARK}`;
  onDisk(parent, () => mkdirSync(parent, { recursive: true }));
  // What an interrupted copy left.
  for (const name of readdirSync(parent))
    if (name.startsWith(own)) rmSync(join(parent, name), { recursive: true, force: true });
  const partial = join(parent, `${own}${process.pid}`);
  try {
    onDisk(partial, () => mkdirSync(partial, { mode: 0o700 }));
    const archive = join(partial, "backup.tar");
    const tree = join(partial, "tree");
    mkdirSync(tree, { mode: 0o700 });
    await receive(source, words, archive);
    await unpack(archive, tree);
    const count = await compare(tree);
    if (existsSync(target)) rmSync(target, { recursive: true });
    onDisk(target, () => renameSync(tree, target));
    return count;
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
}

async function receive(
  { model, host, env, signal }: BackupSource,
  words: readonly string[],
  archive: string,
): Promise<void> {
  const answer = await outputToFile(model, host, programWords([...words, "--tar"]), archive, {
    env,
    ...(signal === undefined ? {} : { signal }),
  });
  if (answer.kind === "copied") return;
  throw errorOf("restore", [failureIn(host.name, answer)], 1);
}

/** Exported for tests. Standard output carries the archive, so the program's events are on standard error. */
export function failureIn(host: string, answer: Exclude<CopyAnswer, { kind: "copied" }>): Unsuccessful {
  if (answer.kind === "no-answer") return silent(host, answer);
  if (answer.code === NOT_FOUND) return notDeployed(host);
  const failure = answer.stderr
    .split("\n")
    .flatMap(eventsIn)
    .findLast((event) => event.event === "failure");
  return failure === undefined
    ? { kind: "failed", host, code: 5, failure: "unexpected", message: answer.reason }
    : { kind: "failed", host, code: answer.code, failure: failure.kind, message: failure.message };
}

/** A shell's exit code for a program that is missing. */
const NOT_FOUND = 127;

async function unpack(archive: string, tree: string): Promise<void> {
  // The owners of the files exist on the host only: on this machine all files belong to the user.
  const { code, stderr } = await capture(["tar", "--no-same-owner", "-xf", archive, "-C", tree]);
  if (code !== 0)
    throw new PhaseError("the backup cannot be unpacked on this machine", { output: stderr.trim() });
  rmSync(archive);
}

async function compare(tree: string): Promise<number> {
  let count = 0;
  for (const line of readFileSync(join(tree, "manifest.sha256"), "utf8").split("\n")) {
    const [, digest, name = ""] = /^([0-9a-f]{64}) {2}\.\/(.*)$/.exec(line) ?? [];
    const path = join(tree, name);
    // The archive holds the requested paths only; the host has checked that none of them is missing.
    if (digest === undefined || !existsSync(path)) continue;
    if ((await sha256(path)) !== digest)
      throw new PhaseError(`${name} differs from the manifest of the backup`, {
        remedy: "repeat the command",
      });
    count++;
  }
  return count;
}

async function sha256(path: string): Promise<string> {
  const digest = createHash("sha256");
  for await (const block of createReadStream(path)) digest.update(block as Buffer);
  return digest.digest("hex");
}
