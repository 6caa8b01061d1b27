/** How Ansible reaches a host: the `ansible_*` variables, the same in every tool. */
import { type ClusterModel, type Host, hostsWith, type SshAccess } from "../core/model.ts";
import type { Value, ValueMap } from "../core/value.ts";

export interface Connections {
  /** What most of the hosts have in common, for the group `all`. */
  readonly shared: ValueMap;
  /** What is left for a host: its address, and where it differs. */
  readonly of: (host: Host) => ValueMap;
}

/**
 * Connection variables of the hosts of one inventory. A variable that every host has is written once, with its
 * commonest value, and again only on the hosts that differ.
 */
export function connectionsOf(model: ClusterModel, hosts: readonly Host[]): Connections {
  const [bastion] = hostsWith(model, "bastion");
  const all = new Map<Host, ValueMap>();
  // Hosts usually share one SshAccess: its variables are made once.
  const made = new Map<SshAccess, ValueMap>();
  for (const host of hosts) {
    const jump = host.roles.includes("bastion") ? undefined : bastion;
    const variables = (jump === bastion ? made.get(host.ssh) : undefined) ?? sshVariables(host.ssh, jump);
    if (jump === bastion) made.set(host.ssh, variables);
    all.set(host, variables);
  }
  const shared: Record<string, Value> = {};
  for (const key of KEYS) {
    const common = commonest([...all.values()].map((variables) => variables[key]));
    if (common !== undefined) shared[key] = common;
  }
  return {
    shared,
    of: (host) => {
      const own: Record<string, Value> = { ansible_host: sshAddress(host) };
      const variables = all.get(host) ?? {};
      for (const key of KEYS) {
        const value = variables[key];
        if (value !== undefined && value !== shared[key]) own[key] = value;
      }
      return own;
    },
  };
}

const KEYS = [
  "ansible_user",
  "ansible_port",
  "ansible_ssh_private_key_file",
  "ansible_ssh_common_args",
] as const;

function sshVariables(ssh: SshAccess, bastion: Host | undefined): ValueMap {
  return {
    ansible_user: ssh.user,
    ansible_port: ssh.port,
    ...(ssh.privateKeyFile === undefined ? {} : { ansible_ssh_private_key_file: ssh.privateKeyFile }),
    ansible_ssh_common_args: sshArguments(ssh, bastion),
  };
}

/** The value that occurs most often, the first of equals; undefined when any is missing. */
function commonest(values: readonly (Value | undefined)[]): Value | undefined {
  const counts = new Map<Value, number>();
  let best: Value | undefined;
  for (const value of values) {
    if (value === undefined) return undefined;
    const count = (counts.get(value) ?? 0) + 1;
    counts.set(value, count);
    if (best === undefined || count > (counts.get(best) ?? 0)) best = value;
  }
  return best;
}

function sshAddress(host: Host): string {
  return host.address ?? host.ip;
}

/** Host key policy, and the way through the bastion, if there is one. */
function sshArguments(ssh: SshAccess, bastion: Host | undefined): string {
  return shellWords(sshOptions(ssh, bastion));
}

function sshOptions(ssh: SshAccess, bastion: Host | undefined): string[] {
  const options = hostKeyOptions(ssh);
  if (bastion !== undefined) {
    options.push("-o", `ProxyCommand=${shellWords(jumpThrough(bastion))}`);
  }
  return options;
}

/**
 * The ssh command that reaches a host as Ansible does; the words of a remote command may follow.
 * @param patience seconds until a host that does not answer is given up
 */
export function sshCommandTo(model: ClusterModel, host: Host, patience = 10): [string, ...string[]] {
  const { user, port, privateKeyFile } = host.ssh;
  const [bastion] = hostsWith(model, "bastion");
  return [
    "ssh",
    ...[
      "-o",
      "BatchMode=yes",
      "-o",
      `ConnectTimeout=${patience}`,
      "-o",
      "LogLevel=ERROR",
      "-p",
      String(port),
    ],
    ...(privateKeyFile === undefined ? [] : ["-i", privateKeyFile]),
    ...sshOptions(host.ssh, host.roles.includes("bastion") ? undefined : bastion),
    `${user}@${sshAddress(host)}`,
    "--",
  ];
}

/** Brackets, because a target may be an IPv6 address; percent signs doubled, because ssh expands the whole command. */
function jumpThrough(bastion: Host): string[] {
  const { user, port, privateKeyFile } = bastion.ssh;
  const identity = privateKeyFile === undefined ? [] : ["-o", `IdentityFile=${fileForSsh(privateKeyFile)}`];
  const options = ["-p", String(port), ...identity, ...hostKeyOptions(bastion.ssh)].map(percentLiteral);
  return ["ssh", "-W", "[%h]:%p", ...options, `${user}@${sshAddress(bastion)}`];
}

function hostKeyOptions({ knownHostsFile, hostKeys }: SshAccess): string[] {
  return [
    ...(knownHostsFile === undefined ? [] : ["-o", `UserKnownHostsFile=${fileForSsh(knownHostsFile)}`]),
    "-o",
    `StrictHostKeyChecking=${hostKeys === "strict" ? "yes" : "accept-new"}`,
  ];
}

/** A file name as the value of an option, which ssh parses again: blanks in quotes, no `%h` to expand. */
function fileForSsh(path: string): string {
  const literal = percentLiteral(path);
  return /\s/.test(literal) ? `"${literal}"` : literal;
}

function percentLiteral(text: string): string {
  return text.replaceAll("%", "%%");
}

/** Words as a POSIX shell, and Ansible's splitter, take them apart again. */
export function shellWords(words: readonly string[]): string {
  return words
    .map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'"'"'`)}'`))
    .join(" ");
}
