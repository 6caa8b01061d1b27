/**
 * The gate for git (simple-git). Works on folders of its own, whatever the caller's repository, hooks, templates and
 * line-ending settings are; proxies, certificates and credentials of the user's configuration count.
 */
import { type SimpleGit, type SimpleGitProgressEvent, simpleGit } from "simple-git";

export interface GitOptions {
  readonly env: NodeJS.ProcessEnv;
  /** Ends a running git. */
  readonly signal?: AbortSignal;
  /** Of a fetch or checkout; percent of the stage. */
  readonly onProgress?: (stage: string, percent: number) => void;
  /** An index file other than the repository's own; absolute. */
  readonly index?: string;
}

/** git ended with an error; `reason` and `remedy` are for people, the message holds what git said. */
export class GitFailure extends Error {
  readonly reason: string;
  readonly remedy: string | undefined;

  constructor(output: string, cause: unknown) {
    super(output.trim(), { cause });
    const [reason, remedy] = explain(output);
    this.reason = reason;
    this.remedy = remedy;
  }
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
  /** Brings a commit without its history. @returns the commit that came. */
  fetch(url: string, what: string): Promise<string>;
  checkout(commit: string): Promise<void>;
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
  /** Identity of the folder's content: the tree that git would write, `extra` ignored files included. */
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
  "maintenance.auto=false",
  "submodule.recurse=false",
  "protocol.version=2",
];

/** Variables that git needs of ours; GIT_DIR and its like never: they would turn it to another repository. */
const PASSED =
  /^(?:PATH|HOME|USER|LOGNAME|LANG|TMPDIR|XDG_\w+|SSH_AUTH_SOCK|SSL_CERT_\w+|CURL_CA_BUNDLE|(?:https?|all|no)_proxy|GIT_SSL_\w+|GIT_HTTP_\w+|GIT_SSH|GIT_SSH_COMMAND|GIT_CONFIG_(?:GLOBAL|SYSTEM|NOSYSTEM)|GIT_TRACE\w*)$/i;

export function openGit(folder: string, options: GitOptions): Git {
  const git = connect(folder, options);
  const run = async (args: readonly string[]): Promise<string> => {
    try {
      return await git.raw([...args]);
    } catch (error) {
      throw new GitFailure(error instanceof Error ? error.message : String(error), error);
    }
  };
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
      const ref = kind === "tag" ? `refs/tags/${name}` : `refs/heads/${name}`;
      const lines = (await run(["ls-remote", url, ref, `${ref}^{}`])).trim().split("\n").filter(Boolean);
      const found = new Map(lines.map((line) => line.split("\t").reverse() as [string, string]));
      return found.get(`${ref}^{}`) ?? found.get(ref);
    },
    async fetch(url, what) {
      await run(["fetch", "--depth=1", "--no-tags", "--no-recurse-submodules", url, what]);
      return (await run(["rev-parse", "FETCH_HEAD^{commit}"])).trim();
    },
    checkout: async (commit) => void (await run(["checkout", "--force", "--detach", commit])),
    head: async () => (await run(["rev-parse", "HEAD"])).trim(),
    async changes() {
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
    restore: async (path) => void (await run(["checkout", "--force", "HEAD", "--", path])),
    files: async () =>
      (await run(["ls-tree", "-r", "-z", "--name-only", "HEAD"])).split("\0").filter(Boolean),
    async contentHash(extra) {
      await run(["read-tree", "HEAD"]);
      // An index without file times: git reads every file again.
      await run(["add", "--all", "."]);
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
    config: CONFIG,
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

/** What git says → what it means and what to do. The first pattern that fits. */
const EXPLANATIONS: readonly (readonly [pattern: RegExp, reason: string, remedy: string])[] = [
  [
    /No space left on device|ENOSPC|disk quota exceeded/i,
    "no space left on the disk",
    "free some space and run the same command again",
  ],
  [
    /CONNECT tunnel failed|Proxy CONNECT|Received HTTP code \d+ from proxy|response 407/i,
    "the proxy refused the connection",
    "correct the proxy (HTTPS_PROXY, or git config http.proxy), or fetch from a mirror: --mirror DIR|URL",
  ],
  [
    /Could not resolve proxy/i,
    "the proxy's name does not resolve",
    "correct the proxy (HTTPS_PROXY, or git config http.proxy), or fetch from a mirror: --mirror DIR|URL",
  ],
  [
    /Could not resolve host|Name or service not known|Temporary failure in name resolution/i,
    "the server's name does not resolve: there is no network, or no DNS",
    "check the network, or fetch from a mirror: --mirror DIR|URL",
  ],
  [
    /Failed to connect|Connection refused|Connection timed out|Network is unreachable|No route to host|Couldn't connect/i,
    "the server does not answer",
    "check the network and the proxy (HTTPS_PROXY), or fetch from a mirror: --mirror DIR|URL",
  ],
  [
    /SSL certificate problem|certificate verify failed|server certificate verification failed/i,
    "the server's certificate is not trusted",
    "name the authority that signed it: GIT_SSL_CAINFO=/path/to/ca.pem",
  ],
  [
    /Authentication failed|could not read Username|Permission denied \(publickey|terminal prompts disabled|error: 403|error: 401/i,
    "the server asks for credentials",
    "configure a git credential helper or an SSH key for it, or fetch from a mirror: --mirror DIR|URL",
  ],
  [
    /dubious ownership/i,
    "the repository belongs to another user",
    "allow it: git config --global --add safe.directory DIR, or have it owned by the user who runs this",
  ],
  [
    /not our ref|couldn't find remote ref|remote error: upload-pack|unadvertised object/i,
    "the repository does not have that commit",
    "update the mirror, or correct the commit in vendor/vendor.yml",
  ],
  [
    /does not appear to be a git repository|repository .*not found|does not exist/i,
    "there is no such repository",
    "correct the URL or the mirror",
  ],
  [
    /bad object|is corrupt|did not send all necessary objects|inflate|packfile|unable to read|missing blob|missing tree|object file|early EOF|unexpected disconnect|hash mismatch|SHA1 COLLISION/i,
    "the repository is damaged or was cut off",
    "check it with git fsck, make the mirror anew, or fetch from the original",
  ],
  [/ENOENT.*git|spawn git/i, "git is not installed", "apt-get install git"],
];

function explain(output: string): readonly [reason: string, remedy: string | undefined] {
  for (const [pattern, reason, remedy] of EXPLANATIONS) if (pattern.test(output)) return [reason, remedy];
  const lines = output.trim().split("\n");
  return [lines.find((line) => /^(?:fatal|error):/.test(line)) ?? lines.at(-1) ?? "git failed", undefined];
}
