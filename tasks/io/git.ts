/**
 * The gate for git (simple-git). Works on folders of its own, whatever the caller's repository, hooks, templates and
 * line-ending settings are; proxies, certificates and credentials of the user's configuration count.
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type SimpleGit, type SimpleGitProgressEvent, simpleGit } from "simple-git";
import { GitFailure } from "./git-failure.ts";
import { absentLeftOut, leaveOut, presentLeftOut, type RunGit } from "./git-left-out.ts";

export { GitFailure } from "./git-failure.ts";

export interface GitOptions {
  readonly env: NodeJS.ProcessEnv;
  /** Ends a running git. */
  readonly signal?: AbortSignal;
  /** Of a fetch or checkout; percent of the stage. */
  readonly onProgress?: (stage: string, percent: number) => void;
  /** An index file other than the repository's own; absolute. */
  readonly index?: string;
}

/** A file that differs from the commit that is checked out. */
export interface ChangedFile {
  readonly path: string;
  readonly kind: "modified" | "deleted" | "added" | "ignored";
}

export interface CommittedFile {
  readonly content: string;
  readonly executable: boolean;
}

export interface Git {
  /** Makes the folder a repository without history. */
  init(): Promise<void>;
  /** What a repository's tag or branch points to, tags peeled; undefined when it has none of that name. */
  resolve(url: string, kind: "tag" | "branch", name: string): Promise<string | undefined>;
  /**
   * Brings a commit without its history; with it, from a server that can do no better (one that serves plain files).
   * @param from the tag or branch that has the commit. @returns the commit that came.
   */
  fetch(
    url: string,
    commit: string,
    from: { readonly kind: "tag" | "branch"; readonly name: string },
  ): Promise<string>;
  /** @param leftOut files and folders that stay in the repository's store and off the disk. */
  checkout(commit: string, leftOut?: readonly string[]): Promise<void>;
  /** Writes files that a checkout left out; existing files are not touched. */
  restoreLeftOut(paths: readonly string[]): Promise<void>;
  /** The commit that is checked out. */
  head(): Promise<string>;
  /** Differences from HEAD, new files and ignored ones too. */
  changes(): Promise<readonly ChangedFile[]>;
  /** A file of HEAD; undefined when it has none of that name, or a symbolic link. */
  committed(path: string): Promise<CommittedFile | undefined>;
  /** Puts a file back as it is in HEAD. */
  restore(path: string): Promise<void>;
  /** Files of HEAD, sorted. */
  files(): Promise<readonly string[]>;
  /** Identity of the content: the tree that git would write of HEAD's files as they are now, and of `extra` ones. */
  contentHash(extra: readonly string[]): Promise<string>;
  /** Files that a unified diff touches. */
  patchedFiles(patch: string): Promise<readonly string[]>;
  /** Whether a unified diff fits; the message of git when it does not. */
  checkPatch(patch: string, reverse?: boolean): Promise<string | undefined>;
  applyPatch(patch: string): Promise<void>;
}

/** Settings that make the same commit the same files everywhere. */
const CONFIG = [
  "core.autocrlf=false",
  "core.eol=lf",
  "core.fileMode=true",
  "core.symlinks=true",
  "core.fsmonitor=false",
  "core.hooksPath=/dev/null",
  "core.quotePath=false",
  "core.excludesFile=/dev/null",
  "core.attributesFile=/dev/null",
  "advice.detachedHead=false",
  "gc.auto=0",
  // One packed file instead of hundreds, each of which takes a block of the disk.
  "fetch.unpackLimit=1",
  "maintenance.auto=false",
  "submodule.recurse=false",
  "protocol.version=2",
];

/** Variables that git needs of ours; GIT_DIR and its like never: they would turn it to another repository. */
const PASSED =
  /^(?:PATH|HOME|USER|LOGNAME|LANG|TMPDIR|XDG_\w+|SSH_AUTH_SOCK|SSL_CERT_\w+|CURL_CA_BUNDLE|(?:https?|all|no)_proxy|GIT_SSL_\w+|GIT_HTTP_\w+|GIT_SSH|GIT_SSH_COMMAND|GIT_CONFIG_(?:GLOBAL|SYSTEM|NOSYSTEM)|GIT_TRACE\w*)$/i;

export function openGit(folder: string, options: GitOptions): Git {
  const run = runner(connect(folder, options));
  const { index: _, ...withoutIndex } = options;
  const ownIndex = options.index === undefined ? run : runner(connect(folder, withoutIndex));
  const checkPatch = async (patch: string, reverse = false): Promise<string | undefined> => {
    try {
      await run(["apply", "--check", ...(reverse ? ["--reverse"] : []), patch]);
      return undefined;
    } catch (error) {
      if (error instanceof GitFailure) return error.message;
      throw error;
    }
  };
  return {
    init: async () => void (await run(["init", "--quiet", "--template="])),
    async resolve(url, kind, name) {
      const ref = refName(kind, name);
      const lines = (await run(["ls-remote", url, ref, `${ref}^{}`])).trim().split("\n").filter(Boolean);
      const found = new Map(lines.map((line) => line.split("\t").reverse() as [string, string]));
      return found.get(`${ref}^{}`) ?? found.get(ref);
    },
    async fetch(url, commit, { kind, name }) {
      const fetch = ["fetch", "--no-tags", "--no-recurse-submodules"];
      try {
        await run([...fetch, "--depth=1", url, commit]);
        return (await run(["rev-parse", "FETCH_HEAD^{commit}"])).trim();
      } catch (error) {
        if (!(error instanceof GitFailure) || !NOT_BY_COMMIT.test(error.message)) throw error;
        await run([...fetch, url, refName(kind, name)]);
        return (await run(["rev-parse", "--verify", "--quiet", `${commit}^{commit}`])).trim();
      }
    },
    async checkout(commit, leftOut = []) {
      if (leftOut.length > 0) {
        leaveOut(folder, leftOut);
        await run(["config", "core.sparseCheckout", "true"]);
      }
      await run(["checkout", "--force", "--detach", commit]);
    },
    async restoreLeftOut(paths) {
      const absent = (await absentLeftOut(run, folder)).filter((file) =>
        paths.some((path) => file === path || file.startsWith(`${path}/`)),
      );
      for (const some of portions(absent))
        await run(["checkout", "--force", "--ignore-skip-worktree-bits", "HEAD", "--", ...some]);
    },
    async head() {
      // In our trees it holds a bare commit: reading it saves one process a tree.
      const file = join(folder, ".git", "HEAD");
      const text = existsSync(file) ? readFileSync(file, "utf8").trim() : "";
      return /^[0-9a-f]{40}$/.test(text) ? text : (await run(["rev-parse", "HEAD"])).trim();
    },
    async changes() {
      // git before 2.36 ignores files that it once left out, also when they have been created since.
      const present = await presentLeftOut(run, folder);
      for (const some of portions(present)) await run(["update-index", "--no-skip-worktree", "--", ...some]);
      const out = await run([
        "status",
        "--porcelain",
        "-z",
        "--ignored",
        "--untracked-files=all",
        "--no-renames",
      ]);
      return out.split("\0").filter(Boolean).map(changedFile);
    },
    async committed(path) {
      // Asked for by mode first: the content of a symbolic link is a path, not a text to edit.
      const entry = await run(["ls-tree", "-z", "HEAD", "--", path]);
      if (!/^100\d{3} blob /.test(entry)) return undefined;
      return { content: await run(["show", `HEAD:${path}`]), executable: entry.startsWith("100755") };
    },
    restore: async (path) =>
      void (await run(["checkout", "--force", "--ignore-skip-worktree-bits", "HEAD", "--", path])),
    files: async () =>
      (await run(["ls-tree", "-r", "-z", "--name-only", "HEAD"])).split("\0").filter(Boolean),
    async contentHash(extra) {
      // The repository's index lists the files that were left out; `index` is a new one.
      const absent = await absentLeftOut(ownIndex, folder);
      await run(["read-tree", "HEAD"]);
      for (const some of portions(absent)) await run(["update-index", "--skip-worktree", "--", ...some]);
      // An index without file times: git reads every file again.
      await run(["add", "--update", "."]);
      if (extra.length > 0) await run(["add", "--force", "--", ...extra]);
      return (await run(["write-tree"])).trim();
    },
    async patchedFiles(patch) {
      const out = await run(["apply", "--numstat", "-z", patch]);
      return out
        .split("\0")
        .filter(Boolean)
        .map((line) => line.split("\t")[2] ?? "");
    },
    checkPatch,
    applyPatch: async (patch) => void (await run(["apply", "--whitespace=nowarn", patch])),
  };
}

function runner(git: SimpleGit): RunGit {
  return async (args) => {
    try {
      return await git.raw([...args]);
    } catch (error) {
      throw new GitFailure(error instanceof Error ? error.message : String(error), error);
    }
  };
}

/** As many names as fit on a command line. */
function portions(paths: readonly string[]): readonly (readonly string[])[] {
  return Array.from({ length: Math.ceil(paths.length / 500) }, (_, at) =>
    paths.slice(at * 500, (at + 1) * 500),
  );
}

function refName(kind: "tag" | "branch", name: string): string {
  return kind === "tag" ? `refs/tags/${name}` : `refs/heads/${name}`;
}

/** Servers that give whole branches only. */
const NOT_BY_COMMIT = /dumb http transport|unadvertised object|does not support shallow/i;

function connect(folder: string, { env, signal, onProgress, index }: GitOptions): SimpleGit {
  const passed = Object.fromEntries(Object.entries(env).filter(([key]) => PASSED.test(key)));
  const own: Record<string, string> = {
    GIT_TERMINAL_PROMPT: "0",
    GIT_SSH_COMMAND: env.GIT_SSH_COMMAND ?? "ssh -o BatchMode=yes",
    GIT_CEILING_DIRECTORIES: folder.replace(/\/[^/]+\/?$/, ""),
    LC_ALL: "C",
    ...(index === undefined ? {} : { GIT_INDEX_FILE: index }),
  };
  return simpleGit({
    baseDir: folder,
    // A separate index lists every file, also those that this folder leaves out.
    config: index === undefined ? CONFIG : [...CONFIG, "core.sparseCheckout=false"],
    allowEnvironment: [...Object.keys(passed), ...Object.keys(own)].filter((key) => key.startsWith("GIT_")),
    unsafe: {
      allowUnsafeHooksPath: true,
      allowUnsafeTemplateDir: true,
      allowUnsafeFsMonitor: true,
      allowUnsafeSshCommand: true,
      allowUnsafeConfigPaths: true,
      allowUnsafeProtocolOverride: true,
    },
    ...(signal === undefined ? {} : { abort: signal }),
    ...(onProgress === undefined
      ? {}
      : { progress: ({ stage, progress }: SimpleGitProgressEvent) => onProgress(stage, progress) }),
  }).env({ ...passed, ...own });
}

function changedFile(entry: string): ChangedFile {
  const [x = " ", y = " "] = entry;
  const path = entry.slice(3);
  if (x === "!") return { path, kind: "ignored" };
  if (x === "?" || x === "A") return { path, kind: "added" };
  return { path, kind: x === "D" || y === "D" ? "deleted" : "modified" };
}
