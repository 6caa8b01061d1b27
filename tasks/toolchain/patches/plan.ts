/** Computes what the patches make of a tree, before any file is written. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type GitOptions, openGit } from "../../io/git.ts";
import { evaluateEdit } from "./edit.ts";
import { isFor, type Patch } from "./read.ts";

/** Whether a patch fits. `retired`: upstream has the change already, so the patch can be deleted. */
export type PatchStatus =
  | { readonly kind: "applied" }
  | { readonly kind: "retired" }
  | { readonly kind: "other-version" }
  | { readonly kind: "conflict"; readonly file: string; readonly expected: string; readonly found: string };

/** A patch and whether it fits. */
export interface PatchReport {
  readonly patch: Patch;
  readonly status: PatchStatus;
}

/** A file after the patches; `content` is undefined when a patch deletes it. */
export interface PatchedFile {
  readonly content: string | undefined;
  readonly executable: boolean;
}

/** What all patches of a source make of its tree. */
export interface PatchPlan {
  readonly reports: readonly PatchReport[];
  /** Only files that differ from the commit. */
  readonly files: ReadonlyMap<string, PatchedFile>;
}

/** Reads a file of the unpatched commit. */
export type ReadPristine = (
  path: string,
) => Promise<{ readonly content: string; readonly executable: boolean } | undefined>;

/**
 * Applies each patch on top of those before it, in memory: a conflict leaves no tree partly patched.
 * @param version of the source, for patches with a range of versions
 * @param pristine reads a file of the commit
 */
export async function planPatches(
  patches: readonly Patch[],
  version: string,
  pristine: ReadPristine,
  options: GitOptions,
): Promise<PatchPlan> {
  const files = new Map<string, PatchedFile>();
  const before = new Map<string, PatchedFile>();
  const current = async (path: string): Promise<PatchedFile> => {
    const known = files.get(path) ?? before.get(path);
    if (known !== undefined) return known;
    const file = (await pristine(path)) ?? { content: undefined, executable: false };
    before.set(path, file);
    return file;
  };
  const reports: PatchReport[] = [];
  for (const patch of patches) {
    if (!isFor(patch, version)) {
      reports.push({ patch, status: { kind: "other-version" } });
      continue;
    }
    const { status, changed } =
      patch.kind === "diff" ? await tryDiff(patch.file, current, options) : await tryEdits(patch, current);
    if (status.kind === "applied") for (const [path, file] of changed) files.set(path, file);
    reports.push({ patch, status });
  }
  for (const [path, file] of files) if (file.content === before.get(path)?.content) files.delete(path);
  return { reports, files };
}

interface Tried {
  readonly status: PatchStatus;
  readonly changed: ReadonlyMap<string, PatchedFile>;
}

type Current = (path: string) => Promise<PatchedFile>;

async function tryEdits(patch: Extract<Patch, { kind: "edits" }>, current: Current): Promise<Tried> {
  const changed = new Map<string, PatchedFile>();
  const done: string[] = [];
  const sources = new Map<string, string | undefined>();
  for (const edit of patch.edits) {
    if (edit.kind === "copy")
      sources.set(edit.from, changed.get(edit.from)?.content ?? (await current(edit.from)).content);
    const file = changed.get(edit.file) ?? (await current(edit.file));
    const outcome = evaluateEdit(edit, file.content, (path) => sources.get(path));
    if (outcome.state === "conflict") {
      const { expected, found } = outcome;
      return { status: { kind: "conflict", file: edit.file, expected, found }, changed: new Map() };
    }
    if (outcome.state === "done") done.push(edit.file);
    else changed.set(edit.file, { ...file, content: outcome.text });
  }
  if (done.length === patch.edits.length) return { status: { kind: "retired" }, changed: new Map() };
  const [file] = done;
  if (file === undefined) return { status: { kind: "applied" }, changed };
  return {
    status: {
      kind: "conflict",
      file,
      expected: "all edits of the patch to do, or all of them done",
      found: `${done.length} of ${patch.edits.length} edits done already`,
    },
    changed: new Map(),
  };
}

/** Runs `git apply` on copies of the files that the diff touches. */
async function tryDiff(patchFile: string, current: Current, options: GitOptions): Promise<Tried> {
  const scratch = mkdtempSync(join(tmpdir(), "kube-magic-patch-"));
  try {
    const git = openGit(scratch, options);
    await git.init();
    const conflict = (file: string, found: string): Tried => ({
      status: { kind: "conflict", file, expected: "a diff that git apply accepts", found },
      changed: new Map(),
    });
    let touched: readonly string[];
    try {
      touched = await git.patchedFiles(patchFile);
    } catch (error) {
      return conflict(patchFile, (error as Error).message);
    }
    const outside = touched.find((path) => path.startsWith("/") || path.split("/").includes(".."));
    if (outside !== undefined) return conflict(outside, "the diff reaches outside the tree");
    for (const path of touched) {
      const file = await current(path);
      if (file.content === undefined) continue;
      mkdirSync(dirname(join(scratch, path)), { recursive: true });
      writeFileSync(join(scratch, path), file.content, { mode: file.executable ? 0o755 : 0o644 });
    }
    const complaint = await git.checkPatch(patchFile);
    if (complaint !== undefined) {
      if ((await git.checkPatch(patchFile, true)) === undefined)
        return { status: { kind: "retired" }, changed: new Map() };
      return conflict(touched[0] ?? patchFile, complaint.split("\n")[0] ?? complaint);
    }
    await git.applyPatch(patchFile);
    return {
      status: { kind: "applied" },
      changed: new Map(touched.map((path) => [path, readBack(join(scratch, path))])),
    };
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function readBack(path: string): PatchedFile {
  if (!existsSync(path)) return { content: undefined, executable: false };
  return { content: readFileSync(path, "utf8"), executable: (statSync(path).mode & 0o100) !== 0 };
}
