/** How Ansible reaches a host: the `ansible_*` variables, the same in every tool. */
import { type ClusterModel, type Host, hostsWith, type SshAccess } from "../core/model.ts";
import type { Value, ValueMap } from "../core/value.ts";

/** Connection variables that most hosts have in common are written once, in the group `all`. */
const SHARED = [
  "ansible_user",
  "ansible_port",
  "ansible_ssh_private_key_file",
  "ansible_ssh_common_args",
] as const;

/** The connection variables of any host of a cluster. */
export function connectionsOf(model: ClusterModel): (host: Host) => ValueMap {
  const [bastion] = hostsWith(model, "bastion");
  return (host) => ({
    ansible_host: sshAddress(host),
    ansible_user: host.ssh.user,
    ansible_port: host.ssh.port,
    ...(host.ssh.privateKeyFile === undefined
      ? {}
      : { ansible_ssh_private_key_file: host.ssh.privateKeyFile }),
    ansible_ssh_common_args: sshArguments(host, host.roles.includes("bastion") ? undefined : bastion),
  });
}

/**
 * Splits off what is worth writing once: a variable that every host has goes to `shared` with its commonest value,
 * and stays on the hosts that differ.
 */
export function shareConnection(hosts: ReadonlyMap<string, ValueMap>): {
  readonly shared: ValueMap;
  readonly hosts: ReadonlyMap<string, ValueMap>;
} {
  const shared: Record<string, Value> = {};
  for (const key of SHARED) {
    const common = commonest([...hosts.values()].map((variables) => variables[key]));
    if (common !== undefined) shared[key] = common;
  }
  const own = new Map<string, ValueMap>();
  for (const [name, variables] of hosts) {
    const differing = Object.entries(variables).filter(([key, value]) => shared[key] !== value);
    own.set(name, Object.fromEntries(differing));
  }
  return { shared, hosts: own };
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
function sshArguments(host: Host, bastion: Host | undefined): string {
  const options = hostKeyOptions(host.ssh);
  if (bastion !== undefined) {
    const { user, port, privateKeyFile } = bastion.ssh;
    const identity = privateKeyFile === undefined ? [] : ["-i", privateKeyFile];
    const jump = ["ssh", "-W", "%h:%p", "-p", String(port), ...identity, ...hostKeyOptions(bastion.ssh)];
    options.push("-o", `ProxyCommand=${shellWords([...jump, `${user}@${sshAddress(bastion)}`])}`);
  }
  return shellWords(options);
}

function hostKeyOptions(ssh: SshAccess): string[] {
  const file = ssh.knownHostsFile?.replaceAll("%", "%%");
  return [
    // The value is parsed again by ssh, which wants blanks in quotes.
    ...(file === undefined ? [] : ["-o", `UserKnownHostsFile=${/\s/.test(file) ? `"${file}"` : file}`]),
    "-o",
    `StrictHostKeyChecking=${ssh.hostKeys === "strict" ? "yes" : "accept-new"}`,
  ];
}

/** Words as a POSIX shell, and Ansible's splitter, take them apart again. */
function shellWords(words: readonly string[]): string {
  return words
    .map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'"'"'`)}'`))
    .join(" ");
}
