/**
 * Starting and stopping a host: a Debian in a systemd-nspawn container. Its root is mounted in a separate mount
 * namespace, so the mount ends with the host and never appears in this machine's mount table.
 */
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { startDetached } from "../io/command/attach.ts";
import { capture } from "../io/command/capture.ts";
import { OWN_DISKS, RUNTIME_CALLS } from "./container-support.ts";
import { makeControlGroups, removeControlGroups, removeEmpty } from "./control-groups.ts";
import { diskOf, hostPlaces, type LabPlaces } from "./places.ts";
import {
  allProcesses,
  argumentsOf,
  isAlive,
  killNow,
  type ProcessId,
  readProcess,
  waitGone,
  withDescendants,
} from "./processes.ts";
import { readHost } from "./state.ts";

/** nspawn's exit code when the host rebooted itself. */
const REBOOT = 133;

/** $1 root, $2 overlay options, $3 control groups; the rest is nspawn, started again after each reboot. */
const LAUNCHER = `
root=$1 options=$2 groups=$3; shift 3
mount -t overlay kube-magic-lab -o "$options" "$root" || exit
while :; do
  ( for group in $groups; do echo 0 > "$group/cgroup.procs" || exit; done; exec "$@" )
  code=$?
  [ "$code" = ${REBOOT} ] || exit "$code"
done
`;

/** Boots a host; returns as soon as it is started. Its console goes to a file. */
export async function boot(places: LabPlaces, host: string, base: string): Promise<ProcessId> {
  const at = hostPlaces(places, host);
  const ownSystemd = existsSync("/run/systemd/system");
  for (const path of OWN_DISKS) mkdirSync(diskOf(at, path), { recursive: true, mode: 0o700 });
  const pid = await startDetached(
    [
      ...(["unshare", "--mount", "--propagation", "slave", "sh", "-c", LAUNCHER, "kube-magic-lab"] as const),
      at.root,
      `lowerdir=${base},upperdir=${at.upper},workdir=${at.work}`,
      ownSystemd ? "" : makeControlGroups(places, host).join(" "),
      "systemd-nspawn",
      "--quiet",
      "--register=no",
      // Without systemd on this machine there is no scope: nspawn stays in the control group that the launcher made.
      ...(ownSystemd ? [] : ["--keep-unit"]),
      `--machine=${at.machine}`,
      `--hostname=${host}`,
      `--directory=${at.root}`,
      `--network-bridge=${places.bridge}`,
      "--resolv-conf=off",
      "--timezone=off",
      "--link-journal=no",
      "--capability=all",
      `--system-call-filter=${RUNTIME_CALLS}`,
      ...OWN_DISKS.map((path) => `--bind=${diskOf(at, path)}:${path}`),
      // Hosts share the clock with this machine, so they must not set it.
      "--drop-capability=CAP_SYS_TIME",
      "--console=read-only",
      "--boot",
    ],
    at.console,
  );
  const process = readProcess(pid);
  return { pid, startTime: process?.startTime ?? 0 };
}

/** The launcher of a running host: the recorded one, or, when lab:up was killed before it recorded one, the one with the host's root. */
export function findHost(places: LabPlaces, host: string): ProcessId | undefined {
  const recorded = readHost(places, host)?.process;
  if (recorded !== undefined && isLauncher(recorded, places, host)) return recorded;
  return containersOf(places, host)[0];
}

/** Hosts of this lab that run. It reads their processes, so it also works when the lab's folder is incomplete. */
export function runningHosts(places: LabPlaces): readonly string[] {
  const prefix = `--directory=${places.state}/hosts/`;
  const names = allProcesses().flatMap(({ pid }) =>
    argumentsOf(pid).flatMap((word) =>
      word.startsWith(prefix) ? [word.slice(prefix.length).split("/")[0] ?? ""] : [],
    ),
  );
  return [...new Set(names)].filter((name) => name !== "");
}

/** Connects a running host to the bridge again, which lab:up may have replaced. */
export async function plugIn(places: LabPlaces, host: string): Promise<void> {
  const cable = cableOf(hostPlaces(places, host).machine);
  if (existsSync(`/sys/class/net/${cable}/master`)) return;
  await capture(["ip", "link", "set", cable, "master", places.bridge, "up"]);
}

/** This machine's end of the cable. nspawn shortens a long name, but `ip` also accepts the full one. */
function cableOf(machine: string): string {
  return `vb-${machine}`;
}

/** Cuts the power: no process ends normally, no write is flushed, the cable is removed. @returns whether it was running. */
export async function cutPower(places: LabPlaces, host: string): Promise<boolean> {
  const at = hostPlaces(places, host);
  const recorded = readHost(places, host)?.process;
  // The cable first: a process that sees another one end could still send packets, which no power cut allows.
  const cable = cableOf(at.machine);
  if ((await capture(["ip", "link", "show", cable])).code === 0)
    await capture(["ip", "link", "delete", cable]);
  let was = false;
  for (;;) {
    const tops = [
      ...(recorded !== undefined && isLauncher(recorded, places, host) ? [recorded] : []),
      ...containersOf(places, host),
    ];
    const [top] = tops;
    if (top === undefined) break;
    was = true;
    await kill(top);
  }
  removeControlGroups(places, host);
  removeEmpty(join("/run/systemd/nspawn/propagate", at.machine));
  return was;
}

/** After a restart of this machine another process can have the same pid and start time, but not the host's folder as argument. */
function isLauncher(process: ProcessId, places: LabPlaces, host: string): boolean {
  return isAlive(process) && argumentsOf(process.pid).includes(hostPlaces(places, host).root);
}

/** Launchers of this host, and containers whose launcher died; the topmost processes. */
function containersOf(places: LabPlaces, host: string): readonly ProcessId[] {
  const root = `--directory=${hostPlaces(places, host).root}`;
  const found = allProcesses().filter(({ pid }) => argumentsOf(pid).includes(root));
  return found.filter(({ parent }) => !found.some(({ pid }) => pid === parent));
}

/** Kills the launcher first, so that the host is not started again, then what nspawn runs; nspawn then cleans up. */
async function kill(top: ProcessId): Promise<void> {
  const all = withDescendants(top);
  const isContainer = ({ pid }: ProcessId) => argumentsOf(pid)[0] === "systemd-nspawn";
  const containers = all.filter(isContainer);
  for (const process of all) if (!containers.includes(process)) killNow(process);
  await waitGone(all, containers.length === 0 ? 5000 : 1000);
  for (const process of containers) killNow(process);
  const left = await waitGone(all, 10_000);
  if (left.length > 0) {
    throw new Error(`these processes survived SIGKILL: ${left.map(({ pid }) => pid).join(", ")}`);
  }
}

/** The end of a host's console, for messages. */
export function consoleTail(places: LabPlaces, host: string, lines = 15): string {
  const file = hostPlaces(places, host).console;
  if (!existsSync(file)) return "";
  return (
    readFileSync(file, "utf8")
      // biome-ignore lint/suspicious/noControlCharactersInRegex: a console has them
      .replace(/\u001b(\[[0-9;?!]*[A-Za-z]|\][^\u0007\u001b]*(\u0007|\u001b\\))|\r/g, "")
      .trimEnd()
      .split("\n")
      .slice(-lines)
      .join("\n")
  );
}
