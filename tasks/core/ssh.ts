/** How ssh reaches a host: the options that our own ssh commands and Ansible's have in common. */
import { type ClusterModel, type Host, hostsWith, type SshAccess } from "./model.ts";
import { shellCommand } from "./shell-words.ts";

/** Where ssh connects to. */
export function sshAddress(host: Host): string {
  return host.address ?? host.ip;
}

/** The host through which this one is reached; undefined for the bastion itself, and without one. */
export function bastionFor(model: ClusterModel, host: Host): Host | undefined {
  return host.roles.includes("bastion") ? undefined : hostsWith(model, "bastion")[0];
}

/** Host key policy, and the way through the bastion, if there is one. */
export function sshOptions(ssh: SshAccess, bastion: Host | undefined): string[] {
  const jump = bastion === undefined ? [] : ["-o", `ProxyCommand=${shellCommand(jumpThrough(bastion))}`];
  return [...hostKeyOptions(ssh), ...jump];
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
