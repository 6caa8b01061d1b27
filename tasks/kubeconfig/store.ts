/** Kubeconfig files: the user's, which may contain other clusters, and one for this cluster alone. */
import { closeSync, openSync, readlinkSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { GateError, InputError } from "../core/errors.ts";
import {
  ensurePrivateFolder,
  onDisk,
  readOptional,
  statOptional,
  writeAtomic,
  writeIfChanged,
} from "../io/files.ts";
import { type ClusterEntries, kubeconfigText } from "./access.ts";
import { readKubeconfig } from "./document.ts";
import { conflict, mergeKubeconfig } from "./merge.ts";

/** Where a cluster's own kubeconfig is kept. */
export function kubeconfigOf(build: string): string {
  return join(build, "kubeconfig");
}

/** The file that kubectl would write a new cluster to: of several in KUBECONFIG the first that exists, else the last. */
export function userFile(env: NodeJS.ProcessEnv): string {
  const named = (env.KUBECONFIG ?? "").split(":").filter((path) => path !== "");
  const found = named.find((path) => statOptional(path) !== undefined) ?? named.at(-1);
  return found === undefined ? join(env.HOME ?? homedir(), ".kube", "config") : resolve(found);
}

/** The cluster alone, readable for this user only; true when it was written. */
export function writeAlone(path: string, entries: ClusterEntries): boolean {
  return writeIfChanged(target(path), kubeconfigText(entries), 0o600);
}

export interface MergeOptions {
  /** Make it the current context. */
  readonly use: boolean;
  /** Replace another cluster's entries that have the same names. */
  readonly replace: boolean;
}

export interface MergeOutcome {
  readonly changed: boolean;
  /** Copy of the file before the change. */
  readonly backup?: string;
  /** False when the whole file had to be rewritten: its comments are only in the backup. */
  readonly keptLayout: boolean;
}

/**
 * Adds the cluster to the user's file; everything else in it keeps its place.
 * @throws InputError when the file is damaged, or has other entries with these names
 * @throws GateError when kubectl is writing it, or the disk refuses
 */
export function mergeInto(path: string, added: ClusterEntries, options: MergeOptions): MergeOutcome {
  const file = target(path);
  if (statOptional(dirname(file)) === undefined) ensurePrivateFolder(dirname(file));
  return locked(file, () => {
    const before = readOptional(file)?.toString() ?? "";
    const reading = readKubeconfig(before);
    if (reading.config === undefined) {
      throw new InputError(`${file} cannot be merged into: ${reading.problem}`, {
        remedy: "repair it, or write another file: npm run kubeconfig -- --output FILE",
      });
    }
    const taken = options.replace ? undefined : conflict(reading.config, added);
    if (taken !== undefined) {
      throw new InputError(`${file}: ${taken}`, {
        remedy: "choose another name with --name NAME, or replace it with --replace",
      });
    }
    const { text, keptLayout } = mergeKubeconfig(before, added, options.use);
    const isSame = text === before;
    const backup = `${file}.backup`;
    if (!isSame && before !== "") writeAtomic(backup, before, 0o600);
    const changed = writeIfChanged(file, text, 0o600);
    return { changed, keptLayout, ...(isSame || before === "" ? {} : { backup }) };
  });
}

/** The file behind symbolic links: writing to the link itself would replace it. */
function target(path: string): string {
  let at = resolve(path);
  for (let links = 0; links < 40; links++) {
    if (statOptional(at)?.isSymbolicLink() !== true) return at;
    const link = readlinkSync(at);
    at = resolve(dirname(at), link);
  }
  throw new InputError(`${path}: its symbolic links form a circle`, { remedy: "remove the link" });
}

/** kubectl's own lock: `config set-context` and its like hold it while they write. */
function locked<Result>(file: string, write: () => Result): Result {
  const lock = `${file}.lock`;
  try {
    onDisk(lock, () => closeSync(openSync(lock, "wx", 0o600)));
  } catch (error) {
    if ((error as GateError).cause instanceof Error && isTaken((error as GateError).cause)) {
      throw new GateError(`${file} is being written by another program`, {
        remedy: `repeat the command; if no kubectl runs, remove ${lock}`,
        cause: error,
      });
    }
    throw error;
  }
  try {
    return write();
  } finally {
    rmSync(lock, { force: true });
  }
}

function isTaken(cause: unknown): boolean {
  return (cause as NodeJS.ErrnoException).code === "EEXIST";
}
