/** Commands on the lab's hosts. Host keys are checked: each host got its own before its first boot. */
import { accessSync, constants } from "node:fs";
import { connect } from "node:net";
import { GateError, InputError } from "../core/errors.ts";
import { shellCommand } from "../core/shell-words.ts";
import { attach } from "../io/command/attach.ts";
import { type CommandResult, capture } from "../io/command/capture.ts";
import type { LabPlaces } from "./places.ts";
import { requireState } from "./state.ts";
import type { LabHost } from "./topology.ts";

/** The ssh command for a host, without a remote command; `words` are ssh's own options. */
export function sshCommand(places: LabPlaces, ip: string, ...words: string[]): [string, ...string[]] {
  const options = {
    IdentitiesOnly: "yes",
    BatchMode: "yes",
    StrictHostKeyChecking: "yes",
    UserKnownHostsFile: places.knownHosts,
    GlobalKnownHostsFile: "/dev/null",
    ConnectTimeout: "5",
    LogLevel: "ERROR",
  };
  const flags = Object.entries(options).flatMap(([key, value]) => ["-o", `${key}=${value}`]);
  return ["ssh", "-F", "none", "-i", places.privateKey, ...flags, ...words, `root@${ip}`];
}

/** Runs a command on a host, with its arguments unchanged, and returns its output. Exit code 255 is a failure of ssh. */
export async function ssh(
  places: LabPlaces,
  host: string,
  argv: readonly string[],
  options: { readonly input?: string; readonly timeoutMs?: number } = {},
): Promise<CommandResult> {
  const { ip } = labHost(places, host);
  requireKey(places);
  return capture([...sshCommand(places, ip), "--", shellCommand(argv)], options);
}

/**
 * A shell on a host, or a command there, on our own terminal. One word is a line for the host's shell, several are
 * a command and its arguments. @returns its exit code.
 */
export async function sshAttached(
  places: LabPlaces,
  host: string,
  words: readonly string[],
  isTerminal: boolean,
): Promise<number> {
  const { ip } = labHost(places, host);
  requireKey(places);
  if (words.length === 0) return attach(sshCommand(places, ip));
  const line = words.length === 1 ? (words[0] ?? "") : shellCommand(words);
  return attach([...sshCommand(places, ip, ...(isTerminal ? ["-t"] : [])), "--", line]);
}

/** @throws InputError with the names of the lab's hosts. */
export function labHost(places: LabPlaces, name: string): LabHost {
  const { hosts } = requireState(places).topology;
  const host = hosts.find((candidate) => candidate.name === name);
  if (host !== undefined) return host;
  throw new InputError(`lab ${places.name} has no host ${name}`, {
    remedy: `Its hosts: ${hosts.map((candidate) => candidate.name).join(", ")}.`,
  });
}

/** The key belongs to root, or to the user who ran lab:up with sudo. */
function requireKey(places: LabPlaces): void {
  try {
    accessSync(places.privateKey, constants.R_OK);
  } catch (cause) {
    throw new GateError(`cannot read the ssh key of the lab: ${places.privateKey}`, {
      cause,
      remedy: process.getuid?.() === 0 ? "npm run lab:up" : "Run the command with sudo.",
    });
  }
}

/** True when the port accepts a connection within the time. */
export function answers(ip: string, port: number, timeoutMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: ip, port });
    const end = (result: boolean) => {
      socket.destroy();
      resolve(result);
    };
    socket.setTimeout(timeoutMs, () => end(false));
    socket.once("connect", () => end(true));
    socket.once("error", () => end(false));
  });
}
