/** Brings one source to its pinned, patched state: fetched aside, checked, and only then put in its place. */
import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { GateError, VendorError } from "../core/errors.ts";
import { onDisk, writeAtomic } from "../io/files.ts";
import { type Git, GitFailure, type GitOptions, openGit } from "../io/git.ts";
import type { LockedSource } from "./lock-file.ts";
import { type Pin, pinText } from "./manifest.ts";
import { originOf } from "./mirror.ts";
import { type PatchPlan, type PatchReport, planPatches, type ReadPristine } from "./patches/plan.ts";
import { type PatchSet, readPatches } from "./patches/read.ts";
import { ABSENT, contentHash, fileHash, inspectTree, type LocalChange } from "./tree.ts";

export interface BringOptions {
  readonly vendorFolder: string;
  readonly env: NodeJS.ProcessEnv;
  readonly mirror: string | undefined;
  readonly offline: boolean;
  readonly signal?: AbortSignal;
  readonly progress: (message: string) => void;
  /** Commits of this source that are ours: a tree at another one has been moved by somebody. */
  readonly ourCommits: ReadonlySet<string>;
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
  let changes = state.changes;
  if (isSame && changes.length === 0 && locked?.commit === pin.commit && locked.patchSet === patchSet.hash)
    return { pin, entry: { ...entryOf(locked), version: pin.version }, done: "nothing" };
  const repository = openGit(folder, git);
  const plan = isSame
    ? await planPatches(patchSet.patches, pin.version, committedFiles(repository), git)
    : undefined;
  if (plan !== undefined) changes = await withoutOurs(folder, changes, plan, repository);
  refuseLocalChanges(pin, changes, state.commit, locked, options.ourCommits);
  if (plan === undefined) return { ...(await fetchAside(pin, folder, patchSet, options)), done: "moved" };
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

async function fetchCommit(pin: Pin, git: Git, options: BringOptions): Promise<void> {
  const origin = originOf(pin, options.mirror, process.cwd());
  if (options.offline && !origin.local) {
    throw new VendorError(
      `${pinText(pin)} is not here, and --offline forbids to fetch it from ${origin.shownAs}`,
      {
        remedy: "leave --offline out, or name a folder of repositories: --mirror DIR",
      },
    );
  }
  options.progress(
    `${pin.source}: fetching ${pin.version} (${pin.commit.slice(0, 9)}) from ${origin.shownAs}`,
  );
  try {
    await git.init();
    const target = await git.resolve(origin.url, pin.ref, pin.version);
    if (target === undefined) {
      throw new VendorError(`${pinText(pin)}: ${origin.shownAs} has no ${pin.ref} ${pin.version}`, {
        remedy: "update the mirror, or correct the version in vendor/vendor.yml",
      });
    }
    if (pin.ref === "tag" && target !== pin.commit) {
      throw new VendorError(
        `${pinText(pin)}: the tag ${pin.version} of ${origin.shownAs} is another commit, ${target.slice(0, 9)}: it was moved, or the repository is not what it seems`,
        { remedy: "find out why; nothing was brought. Only then change the commit in vendor/vendor.yml" },
      );
    }
    const came = await git.fetch(origin.url, pin.commit);
    if (came !== pin.commit)
      throw new VendorError(`${pinText(pin)}: ${origin.shownAs} gave the commit ${came} instead`, {
        remedy: "do not use that repository before you know why",
      });
    await git.checkout(pin.commit);
  } catch (error) {
    if (!(error instanceof GitFailure)) throw error;
    throw new VendorError(`${pinText(pin)} cannot be fetched from ${origin.shownAs}: ${error.reason}`, {
      remedy: error.remedy ?? "check the repository: git ls-remote URL",
      output: error.message.split("\n").slice(-6).join("\n"),
      cause: error,
    });
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

/** @throws VendorError that lists what was changed. */
function refuseLocalChanges(
  pin: Pin,
  changes: readonly LocalChange[],
  commit: string,
  locked: LockedSource | undefined,
  ourCommits: ReadonlySet<string>,
): void {
  const place = `vendor/${pin.folder}`;
  const serious = changes.filter(({ kind }) => kind !== "missing");
  if (serious.length > 0) {
    const [first] = serious;
    throw new VendorError(
      `${pinText(pin)}: ${place} has ${serious.length} local change(s), which are never overwritten`,
      {
        output: listChanges(serious),
        remedy: `keep them as a patch of yours: git -C ${place} diff -- ${first?.path} > vendor/patches/${pin.source}/NAME.patch; then, or to drop them: rm -r ${place} && npm run init`,
      },
    );
  }
  if (commit === pin.commit || commit === locked?.commit || ourCommits.has(commit)) return;
  throw new VendorError(
    `${pinText(pin)}: somebody checked out another commit in ${place}, ${commit.slice(0, 9)}, which is never overwritten`,
    {
      remedy: `add it to vendor/vendor.yml as a version of ${pin.source}, or drop it: rm -r ${place} && npm run init`,
    },
  );
}

function notOurs(pin: Pin, files: readonly string[]): VendorError {
  return new VendorError(
    `${pinText(pin)}: vendor/${pin.folder} was not put there by kube-magic and is not overwritten`,
    {
      output: `  it holds ${files.slice(0, 5).join(", ")}${files.length > 5 ? ` and ${files.length - 5} more` : ""}`,
      remedy: `move it away: mv vendor/${pin.folder} /somewhere/else`,
    },
  );
}

export function listChanges(changes: readonly LocalChange[]): string {
  const lines = changes.slice(0, 12).map(({ path, kind }) => `  ${kind.padEnd(8)}  ${path}`);
  return [...lines, ...(changes.length > 12 ? [`  and ${changes.length - 12} more`] : [])].join("\n");
}

/** @throws VendorError with every patch that does not fit. */
function refuseConflicts(pin: Pin, plan: PatchPlan): void {
  const conflicts = plan.reports.flatMap(({ patch, status }) =>
    status.kind === "conflict" ? [{ name: patch.name, ...status }] : [],
  );
  if (conflicts.length === 0) return;
  throw new VendorError(`${pinText(pin)}: ${conflicts.length} patch(es) do not fit, so none was applied`, {
    output: conflicts
      .map(
        ({ name, file, expected, found }) =>
          `  ${name}: ${file}\n    expected ${expected}\n    found    ${found}`,
      )
      .join("\n"),
    remedy: `correct or remove vendor/patches/${pin.source}/${conflicts[0]?.name}; npm run patches lists them all`,
  });
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
