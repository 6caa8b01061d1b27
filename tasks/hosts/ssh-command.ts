/** The ssh command to a host of the cluster. Nothing outside of this room builds one. */
import type { ClusterModel, Host } from "../core/model.ts";
import { bastionFor, sshAddress, sshOptions } from "../core/ssh.ts";

/** Seconds until ssh stops trying to connect: short, because in an outage some hosts are dead. */
const CONNECT_SECONDS = 5;
/** Seconds between two signs of life, and how many may be missing before a connection counts as broken. */
const ALIVE_SECONDS = 10;
const ALIVE_MISSES = 3;

/** Reaches the host as Ansible does; one line for the host's shell follows. */
export function sshCommandTo(model: ClusterModel, host: Host): readonly [string, ...string[]] {
  const { user, port, privateKeyFile } = host.ssh;
  const settings = {
    BatchMode: "yes",
    ConnectTimeout: CONNECT_SECONDS,
    // Without them, ssh would wait for a host that has lost its power until the time limit of the question.
    ServerAliveInterval: ALIVE_SECONDS,
    ServerAliveCountMax: ALIVE_MISSES,
    LogLevel: "ERROR",
  };
  return [
    "ssh",
    ...Object.entries(settings).flatMap(([name, value]) => ["-o", `${name}=${value}`]),
    "-p",
    String(port),
    ...(privateKeyFile === undefined ? [] : ["-i", privateKeyFile]),
    ...sshOptions(host.ssh, bastionFor(model, host)),
    `${user}@${sshAddress(host)}`,
    "--",
  ];
}

/** The words that make a command run as root. @param words of a command, for the host's shell */
export function asRoot(host: Host, words: string): string {
  return host.ssh.user === "root" ? words : `sudo -n ${words}`;
}
