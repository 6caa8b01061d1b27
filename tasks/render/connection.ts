/** How Ansible reaches a host: the `ansible_*` variables, the same in every tool. */
import { type ClusterModel, type Host, hostsWith, type SshAccess } from "../core/model.ts";
import { shellCommand } from "../core/shell-words.ts";
import { sshAddress, sshOptions } from "../core/ssh.ts";
import type { Value, ValueMap } from "../core/value.ts";

/** Connection variables of the hosts of one inventory. */
export interface Connections {
  /** The most common values, for the group `all`. */
  readonly shared: ValueMap;
  /** Variables of one host: its address, and values that differ from the common ones. */
  readonly of: (host: Host) => ValueMap;
}

/**
 * Connection variables of the hosts of one inventory. A variable that every host has is written once, with its
 * most common value, and again only for hosts with another value.
 */
export function connectionsOf(model: ClusterModel, hosts: readonly Host[]): Connections {
  const [bastion] = hostsWith(model, "bastion");
  const all = new Map<Host, ValueMap>();
  // Most hosts share one SshAccess object, so its variables are computed once.
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
    ansible_ssh_common_args: shellCommand(sshOptions(ssh, bastion)),
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
