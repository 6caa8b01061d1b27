/** One ansible-playbook invocation, as data: built here, printed by the plan, executed by playbook.ts. */
import { createHash } from "node:crypto";
import { basename, join, relative } from "node:path";
import type { ToolName } from "../core/model.ts";
import { shellCommand, shellWord } from "../core/shell-words.ts";
import type { ValueMap } from "../core/value.ts";

/** Flags of a run, named as ansible-playbook names them. */
export interface RunFlags {
  readonly check: boolean;
  readonly diff: boolean;
  readonly limit?: string;
  readonly tags?: string;
  readonly skipTags?: string;
  readonly extraVars: readonly string[];
  readonly verbose: boolean;
}

export const NO_FLAGS: RunFlags = { check: false, diff: false, extraVars: [], verbose: false };

/** Whether the flags make a phase do less than all of its work, or other work. */
export function isPartial(flags: RunFlags): boolean {
  return (
    flags.limit !== undefined ||
    flags.tags !== undefined ||
    flags.skipTags !== undefined ||
    flags.extraVars.length > 0
  );
}

export interface PlaybookRequest {
  readonly tool: ToolName;
  /** Folder with ansible-playbook. */
  readonly bin: string;
  /** The tool's tree: working folder, holds ansible.cfg. */
  readonly tree: string;
  /** Relative to the tree. */
  readonly playbook: string;
  /** Inventory file, absolute. */
  readonly inventory: string;
  /** Folder for this cluster's generated things: facts are cached below it. */
  readonly clusterBuild: string;
  /** Folder with our callback plugin. */
  readonly callbacks: string;
  /** Folder with collections that the tool's own Ansible does not include. */
  readonly collections?: string;
  readonly hostCount: number;
  /** Hash of everything that modules are assembled from. Given, modules are kept from run to run. */
  readonly modulesId?: string;
  readonly extraVars: ValueMap;
  readonly flags: RunFlags;
}

export interface PlaybookCommand {
  readonly tool: ToolName;
  readonly argv: readonly [string, ...string[]];
  readonly cwd: string;
  /** Added to the caller's environment. Never a secret. */
  readonly env: Readonly<Record<string, string>>;
  readonly inventory: string;
}

/** Ansible opens one SSH connection a fork; beyond this the controller is the bottleneck, not the network. */
const MAX_FORKS = 50;

export function playbookCommand(request: PlaybookRequest): PlaybookCommand {
  const { flags } = request;
  const own = Object.keys(request.extraVars).length > 0 ? ["-e", JSON.stringify(request.extraVars)] : [];
  return {
    tool: request.tool,
    argv: [
      join(request.bin, "ansible-playbook"),
      "-i",
      request.inventory,
      request.playbook,
      // JSON keeps the types: kubespray wants real booleans.
      ...own,
      ...flags.extraVars.flatMap((value) => ["-e", value]),
      ...option("--limit", flags.limit),
      ...option("--tags", flags.tags),
      ...option("--skip-tags", flags.skipTags),
      ...(flags.check ? ["--check"] : []),
      ...(flags.diff ? ["--diff"] : []),
      ...(flags.verbose ? ["-vv"] : []),
    ],
    cwd: request.tree,
    env: settings(request),
    inventory: request.inventory,
  };
}

/**
 * What we ask of every Ansible, whatever its tree's ansible.cfg says: by environment, which wins over the file.
 * Where the reason is speed, bench/deploy.ts has the figures.
 */
function settings(request: PlaybookRequest): Record<string, string> {
  const { tool, tree, clusterBuild, callbacks } = request;
  // Our playbooks find our own roles and modules there, also when the caller's environment names other collections.
  const collections = request.collections ?? (tool === "custom" ? join(tree, ".collections") : undefined);
  // ceph-ansible ships a callback of its own, and this variable replaces the path in its ansible.cfg.
  const callbackPath =
    tool === "ceph-ansible" ? `${callbacks}:${join(tree, "plugins", "callback")}` : callbacks;
  return {
    ANSIBLE_CONFIG: join(tree, "ansible.cfg"),
    ANSIBLE_CALLBACK_PLUGINS: callbackPath,
    ANSIBLE_STDOUT_CALLBACK: "default",
    ANSIBLE_NOCOLOR: "1",
    ANSIBLE_RETRY_FILES_ENABLED: "False",
    ANSIBLE_FORKS: String(Math.min(Math.max(request.hostCount, 5), MAX_FORKS)),
    ANSIBLE_PIPELINING: "True",
    ANSIBLE_SSH_ARGS:
      "-C -o ControlMaster=auto -o ControlPersist=120s -o ServerAliveInterval=5 -o ServerAliveCountMax=3 -o BatchMode=yes",
    ANSIBLE_SSH_CONTROL_PATH_DIR: controlPathFolder(clusterBuild),
    // kubespray's ansible.cfg turns it off; each host's variables say how strict the check is.
    ANSIBLE_HOST_KEY_CHECKING: "True",
    ANSIBLE_TIMEOUT: "15",
    ANSIBLE_GATHERING: "smart",
    ANSIBLE_CACHE_PLUGIN: "jsonfile",
    // Tools disagree about injected facts, so they never share a cache.
    ANSIBLE_CACHE_PLUGIN_CONNECTION: join(clusterBuild, "facts", tool),
    ANSIBLE_CACHE_PLUGIN_TIMEOUT: "3600",
    // Read by our callback kube_magic_speed.
    ...(request.modulesId === undefined
      ? {}
      : {
          KUBE_MAGIC_MODULES: join(clusterBuild, "modules", tool),
          KUBE_MAGIC_MODULES_ID: request.modulesId,
        }),
    ...(collections === undefined ? {} : { ANSIBLE_COLLECTIONS_PATH: collectionsPath(collections) }),
  };
}

/** Ours first, then the usual folders. Ansible always finds those beside its own Python. */
function collectionsPath(folder: string): string {
  return [folder, "~/.ansible/collections", "/usr/share/ansible/collections"].join(":");
}

/** Sockets need a short path, and two clusters with the same addresses must not share connections. */
function controlPathFolder(clusterBuild: string): string {
  const key = createHash("sha256").update(clusterBuild).digest("hex").slice(0, 10);
  return `/tmp/kube-magic-${process.getuid?.() ?? 0}-${key}`;
}

function option(flag: string, value: string | undefined): readonly string[] {
  return value === undefined ? [] : [flag, value];
}

/** The command as one line for a POSIX shell, for people to copy. */
export function shellLine(command: PlaybookCommand): string {
  const environment = Object.entries(command.env).map(([key, value]) => `${key}=${shellWord(value)}`);
  return `cd ${shellWord(command.cwd)} && ${[...environment, shellCommand(command.argv)].join(" ")}`;
}

/** The command without its environment, paths below `root` shortened: for reading. */
export function shortLine(command: PlaybookCommand, root: string): string {
  const short = (word: string): string => (word.startsWith(`${root}/`) ? relative(command.cwd, word) : word);
  const [program, ...rest] = command.argv;
  return `cd ${shellWord(relative(root, command.cwd))} && ${shellCommand([basename(program), ...rest.map(short)])}`;
}
