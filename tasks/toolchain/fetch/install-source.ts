/** Brings one source to its pinned, patched state: fetched aside, checked, and only then put in its place. */
import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { GateError, VendorError } from "../../core/errors.ts";
import { onDisk, writeAtomic } from "../../io/files.ts";
import { type Git, type GitOptions, openGit } from "../../io/git.ts";
import { type PatchPlan, type PatchReport, planPatches, type ReadPristine } from "../patches/plan.ts";
import { type PatchSet, readPatches } from "../patches/read.ts";
import type { LockedSource } from "../pins/lock-file.ts";
import { type Pin, pinText } from "../pins/pins.ts";
import { ABSENT, contentHash, fileHash, inspectTree, type LocalChange } from "../trees/tree-state.ts";
import { type FetchOptions, fetchCommit } from "./fetch-commit.ts";
import { notOurs, refuseConflicts, refuseLocalChanges } from "./refusals.ts";

export interface BringOptions extends FetchOptions {
  readonly vendorFolder: string;
  readonly env: NodeJS.ProcessEnv;
  readonly signal?: AbortSignal;
  /** Commits of this source that are ours, with their versions: a tree at another one has been moved by somebody. */
  readonly ourCommits: ReadonlyMap<string, string>;
}

export interface Brought {
  readonly pin: Pin;
  readonly entry: Omit<LockedSource, "selected" | "ansible">;
  readonly done: "nothing" | "fetched" | "moved" | "patched";
  readonly reports?: readonly PatchReport[];
}

/** Fetched trees wait here until they are whole; on the same file system, so that a rename is enough. */
export function incomingFolder(vendorFolder: string): string {
  return join(vendorFolder, ".incoming");
}

/** @throws VendorError naming the pin, what is wrong and what to do; what was there before is then untouched. */
export async function bring(
  pin: Pin,
  locked: LockedSource | undefined,
  options: BringOptions,
): Promise<Brought> {
  try {
    return await bringUnlessThere(pin, locked, options);
  } catch (error) {
    if (!(error instanceof GateError)) throw error;
    throw new VendorError(`${pinText(pin)}: ${error.message}`, {
      ...(error.remedy === undefined ? {} : { remedy: error.remedy }),
      cause: error,
    });
  }
}

async function bringUnlessThere(
  pin: Pin,
  locked: LockedSource | undefined,
  options: BringOptions,
): Promise<Brought> {
  const folder = join(options.vendorFolder, pin.folder);
  const patchSet = readPatches(options.vendorFolder, pin.source);
  const git: GitOptions = {
    env: options.env,
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  };
  const state = await inspectTree(folder, knownContents(locked), git);
  if (state.kind === "foreign" && state.files.length > 0) throw notOurs(pin, state.files);
  if (state.kind !== "present") {
    if (state.kind === "foreign")
      options.progress(`${pin.source}: what an interrupted clone left in vendor/${pin.folder} is replaced`);
    return await fetchAside(pin, folder, patchSet, options);
  }
  const isSame = state.commit === pin.commit;
  if (
    isSame &&
    state.changes.length === 0 &&
    locked?.commit === pin.commit &&
    locked.patchSet === patchSet.hash
  )
    return { pin, entry: { ...entryOf(locked), version: pin.version }, done: "nothing" };
  const repository = openGit(folder, git);
  const version = isSame
    ? pin.version
    : (options.ourCommits.get(state.commit) ?? locked?.version ?? pin.version);
  const plan = await planPatches(patchSet.patches, version, committedFiles(repository), git);
  const changes = await withoutOurs(folder, state.changes, plan, repository);
  refuseLocalChanges(pin, changes, state.commit, locked, options.ourCommits);
  if (!isSame) return { ...(await fetchAside(pin, folder, patchSet, options)), done: "moved" };
  refuseConflicts(pin, plan);
  await settle(folder, plan, locked, repository);
  return await brought(pin, folder, patchSet, plan, options, "patched");
}

async function fetchAside(
  pin: Pin,
  folder: string,
  patchSet: PatchSet,
  options: BringOptions,
): Promise<Brought> {
  const aside = join(incomingFolder(options.vendorFolder), `${pin.source}.${process.pid}`);
  onDisk(aside, () => rmSync(aside, { recursive: true, force: true }));
  try {
    onDisk(aside, () => mkdirSync(aside, { recursive: true }));
    const git = openGit(aside, {
      env: options.env,
      ...(options.signal === undefined ? {} : { signal: options.signal }),
      onProgress: everyFewSeconds((text) => options.progress(`${pin.source}: ${text}`)),
    });
    await fetchCommit(pin, git, options);
    const plan = await planPatches(patchSet.patches, pin.version, committedFiles(git), { env: options.env });
    refuseConflicts(pin, plan);
    await settle(aside, plan, undefined, git);
    const result = await brought(pin, aside, patchSet, plan, options, "fetched");
    options.signal?.throwIfAborted();
    swap(aside, folder, `${aside}.old`);
    return result;
  } finally {
    rmSync(aside, { recursive: true, force: true });
  }
}

/** Old tree out, new tree in; a process that dies between the two renames leaves nothing there, and init fetches again. */
function swap(aside: string, folder: string, old: string): void {
  onDisk(folder, () => {
    mkdirSync(dirname(folder), { recursive: true });
    rmSync(old, { recursive: true, force: true });
    if (existsSync(folder)) renameSync(folder, old);
    renameSync(aside, folder);
    rmSync(old, { recursive: true, force: true });
  });
}

/** Writes what the patches want; what an earlier set of patches made, and what is missing, is set back. */
async function settle(
  folder: string,
  plan: PatchPlan,
  locked: LockedSource | undefined,
  git: Git,
): Promise<void> {
  // A git that was killed leaves its lock; ours says that none is at work here now.
  rmSync(join(folder, ".git", "index.lock"), { force: true });
  const missing = (await git.changes()).filter(({ kind }) => kind === "deleted").map(({ path }) => path);
  const back = new Set([...Object.keys(locked?.files ?? {}), ...missing]);
  const committed = back.size === 0 ? new Set() : new Set(await git.files());
  for (const path of back) {
    if (plan.files.has(path)) continue;
    if (committed.has(path)) await git.restore(path);
    else rmSync(join(folder, path), { force: true });
  }
  for (const [path, { content, executable }] of plan.files) {
    const target = join(folder, path);
    if (content === undefined) rmSync(target, { force: true });
    else if (fileHash(target) !== contentHash(content))
      writeAtomic(target, content, executable ? 0o755 : 0o644);
  }
}

async function brought(
  pin: Pin,
  folder: string,
  patchSet: PatchSet,
  plan: PatchPlan,
  options: BringOptions,
  done: Brought["done"],
): Promise<Brought> {
  const patches = plan.reports.flatMap(({ patch, status }) =>
    status.kind === "applied" ? [patch.name] : [],
  );
  return {
    pin,
    entry: {
      version: pin.version,
      commit: pin.commit,
      tree: await treeHash(folder, [...plan.files.keys()], options),
      patches,
      patchSet: patchSet.hash,
      files: Object.fromEntries(
        [...plan.files].map(([path, { content }]) => [
          path,
          content === undefined ? GONE : contentHash(content),
        ]),
      ),
    },
    done,
    reports: plan.reports,
  };
}

/** In the lock, for a file that a patch deleted. */
const GONE = "0".repeat(64);

/** git's hash of everything in the folder, read anew. */
export async function treeHash(
  folder: string,
  made: readonly string[],
  { env, vendorFolder }: Pick<BringOptions, "env" | "vendorFolder">,
): Promise<string> {
  const incoming = incomingFolder(vendorFolder);
  onDisk(incoming, () => mkdirSync(incoming, { recursive: true }));
  const index = join(incoming, `index.${process.pid}.${contentHash(folder).slice(0, 8)}`);
  try {
    const there = made.filter((path) => existsSync(join(folder, path)));
    return await openGit(folder, { env, index }).contentHash(there);
  } finally {
    rmSync(index, { force: true });
  }
}

function committedFiles(git: Git): ReadPristine {
  return async (path) => await git.committed(path);
}

/** What the lock says of files: contents that are ours, not somebody's change. */
export function knownContents(locked: LockedSource | undefined): ReadonlyMap<string, ReadonlySet<string>> {
  return new Map(
    Object.entries(locked?.files ?? {}).map(([path, hash]) => [
      path,
      new Set([hash === GONE ? ABSENT : hash]),
    ]),
  );
}

/** Drops what a killed init left: files that already are as the patches want them, or that lack them again. */
async function withoutOurs(
  folder: string,
  changes: readonly LocalChange[],
  plan: PatchPlan,
  git: Git,
): Promise<readonly LocalChange[]> {
  const own = await Promise.all(
    changes.map(async ({ path, kind }) => {
      if (kind === "missing") return true;
      const hash = fileHash(join(folder, path));
      const wanted = plan.files.get(path)?.content;
      const committed = await git.committed(path);
      return [wanted, committed?.content].some(
        (content) => content !== undefined && contentHash(content) === hash,
      );
    }),
  );
  return changes.filter((_, index) => own[index] !== true);
}

function entryOf({ version, commit, tree, patches, patchSet, files }: LockedSource): Brought["entry"] {
  return { version, commit, tree, patches, patchSet, files };
}

/** On a fast connection nobody needs to hear more than that it began and ended. */
function everyFewSeconds(say: (text: string) => void): (stage: string, percent: number) => void {
  let next = Date.now() + 2000;
  return (stage, percent) => {
    if (Date.now() < next) return;
    next = Date.now() + 2000;
    say(`${stage.replace(/:$/, "")} ${percent} %`);
  };
}
