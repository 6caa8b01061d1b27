/** Installs one source at its pin, with its patches: fetched into a folder aside, checked, then renamed into place. */
import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { GateError, VendorError } from "../../core/errors.ts";
import { onDisk } from "../../io/files.ts";
import { type Git, type GitOptions, openGit } from "../../io/git.ts";
import { type PatchPlan, type PatchReport, planPatches, type ReadPristine } from "../patches/plan.ts";
import { type PatchSet, readPatches } from "../patches/read.ts";
import type { LockedSource } from "../pins/lock-file.ts";
import { type Pin, pinText } from "../pins/pins.ts";
import { inspectTree } from "../trees/tree-state.ts";
import { type FetchOptions, fetchCommit } from "./fetch-commit.ts";
import {
  contentsFromPatches,
  patchedHashes,
  treeHash,
  withoutOwnChanges,
  writePatchedFiles,
} from "./patched-tree.ts";
import { foreignFolderError, refuseConflicts, refuseLocalChanges } from "./refusals.ts";

/** How to install a source. */
export interface InstallOptions extends FetchOptions {
  readonly vendorFolder: string;
  readonly env: NodeJS.ProcessEnv;
  readonly signal?: AbortSignal;
  /** Commit → version, for every pin of this source: a tree at any other commit was checked out by hand. */
  readonly ourCommits: ReadonlyMap<string, string>;
}

/** A source that is in place. */
export interface InstalledSource {
  readonly pin: Pin;
  /** What the lock file records. */
  readonly entry: Omit<LockedSource, "selected" | "ansible">;
  /** What init did: `moved` replaced a tree at another commit, `patched` kept the commit and applied the patches again. */
  readonly done: "nothing" | "fetched" | "moved" | "patched";
  /** Absent when there was nothing to do. */
  readonly reports?: readonly PatchReport[];
}

/** Folder for trees that are not complete yet. It is on the file system of vendor/, so one rename puts a tree in place. */
export function incomingFolder(vendorFolder: string): string {
  return join(vendorFolder, ".incoming");
}

/**
 * Installs a source, or leaves it alone when it is current.
 * @throws VendorError that names the pin, what is wrong and what to do; the tree is then unchanged.
 */
export async function installSource(
  pin: Pin,
  locked: LockedSource | undefined,
  options: InstallOptions,
): Promise<InstalledSource> {
  try {
    return await installUnlessCurrent(pin, locked, options);
  } catch (error) {
    if (!(error instanceof GateError)) throw error;
    throw new VendorError(`${pinText(pin)}: ${error.message}`, {
      ...(error.remedy === undefined ? {} : { remedy: error.remedy }),
      cause: error,
    });
  }
}

async function installUnlessCurrent(
  pin: Pin,
  locked: LockedSource | undefined,
  options: InstallOptions,
): Promise<InstalledSource> {
  const folder = join(options.vendorFolder, pin.folder);
  const patchSet = readPatches(options.vendorFolder, pin.source);
  const git = gitOptions(options);
  const state = await inspectTree(folder, contentsFromPatches(locked), git);
  if (state.kind === "foreign" && state.files.length > 0) throw foreignFolderError(pin, state.files);
  if (state.kind !== "present") {
    if (state.kind === "foreign")
      options.progress(
        `${pin.source}: replacing vendor/${pin.folder}, where an earlier clone was interrupted`,
      );
    return await fetchIntoPlace(pin, folder, patchSet, options);
  }
  const isAtPin = state.commit === pin.commit;
  if (
    isAtPin &&
    state.changes.length === 0 &&
    locked?.commit === pin.commit &&
    locked.patchSet === patchSet.hash
  )
    return { pin, entry: { ...entryOf(locked), version: pin.version }, done: "nothing" };
  const repository = openGit(folder, git);
  const version = isAtPin
    ? pin.version
    : (options.ourCommits.get(state.commit) ?? locked?.version ?? pin.version);
  const plan = await planPatches(patchSet.patches, version, committedFiles(repository), git);
  const changes = await withoutOwnChanges(folder, state.changes, plan, repository);
  refuseLocalChanges(pin, changes, state.commit, locked, options.ourCommits);
  if (!isAtPin) return { ...(await fetchIntoPlace(pin, folder, patchSet, options)), done: "moved" };
  refuseConflicts(pin, plan);
  await writePatchedFiles(folder, plan, locked, repository);
  return await installedSource(pin, folder, patchSet, plan, options, "patched");
}

async function fetchIntoPlace(
  pin: Pin,
  folder: string,
  patchSet: PatchSet,
  options: InstallOptions,
): Promise<InstalledSource> {
  const aside = join(incomingFolder(options.vendorFolder), `${pin.source}.${process.pid}`);
  onDisk(aside, () => rmSync(aside, { recursive: true, force: true }));
  try {
    onDisk(aside, () => mkdirSync(aside, { recursive: true }));
    const git = openGit(aside, {
      ...gitOptions(options),
      onProgress: atMostEveryTwoSeconds((text) => options.progress(`${pin.source}: ${text}`)),
    });
    await fetchCommit(pin, git, options);
    const plan = await planPatches(patchSet.patches, pin.version, committedFiles(git), { env: options.env });
    refuseConflicts(pin, plan);
    await writePatchedFiles(aside, plan, undefined, git);
    const result = await installedSource(pin, aside, patchSet, plan, options, "fetched");
    options.signal?.throwIfAborted();
    replaceFolder(folder, aside, `${aside}.old`);
    return result;
  } finally {
    rmSync(aside, { recursive: true, force: true });
  }
}

/** A process that dies between the two renames leaves no tree; the next init fetches it again. */
function replaceFolder(folder: string, by: string, old: string): void {
  onDisk(folder, () => {
    mkdirSync(dirname(folder), { recursive: true });
    rmSync(old, { recursive: true, force: true });
    if (existsSync(folder)) renameSync(folder, old);
    renameSync(by, folder);
    rmSync(old, { recursive: true, force: true });
  });
}

async function installedSource(
  pin: Pin,
  folder: string,
  patchSet: PatchSet,
  plan: PatchPlan,
  options: InstallOptions,
  done: InstalledSource["done"],
): Promise<InstalledSource> {
  const incoming = incomingFolder(options.vendorFolder);
  return {
    pin,
    entry: {
      version: pin.version,
      commit: pin.commit,
      tree: await treeHash(folder, [...plan.files.keys()], { env: options.env, scratch: incoming }),
      patches: plan.reports.flatMap(({ patch, status }) => (status.kind === "applied" ? [patch.name] : [])),
      patchSet: patchSet.hash,
      files: patchedHashes(plan),
    },
    done,
    reports: plan.reports,
  };
}

function gitOptions({ env, signal }: InstallOptions): GitOptions {
  return { env, ...(signal === undefined ? {} : { signal }) };
}

function committedFiles(git: Git): ReadPristine {
  return async (path) => await git.committed(path);
}

function entryOf({
  version,
  commit,
  tree,
  patches,
  patchSet,
  files,
}: LockedSource): InstalledSource["entry"] {
  return { version, commit, tree, patches, patchSet, files };
}

/** A fetch of less than two seconds shows no percentages: its start and its end are enough. */
function atMostEveryTwoSeconds(say: (text: string) => void): (stage: string, percent: number) => void {
  let next = Date.now() + 2000;
  return (stage, percent) => {
    if (Date.now() < next) return;
    next = Date.now() + 2000;
    say(`${stage.replace(/:$/, "")} ${percent} %`);
  };
}
