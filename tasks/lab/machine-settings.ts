/** Kernel settings of this machine that labs need: raised by the first lab, restored with the removal of the last one. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { BRIDGE_PREFIX } from "./places.ts";

/** Setting → lowest value with which labs work. */
const NEEDED: Readonly<Record<string, number>> = {
  // Hosts reach the package mirror through this machine.
  "net/ipv4/ip_forward": 1,
  // Each systemd takes about ten, and the hosts of all labs share one limit: with the default of 128 the eighth host
  // fails to boot with "Too many open files".
  "fs/inotify/max_user_instances": 4096,
};

/** The values before the first lab. A restart of the machine removes both this file and the changed values. */
const BEFORE = "/run/kube-magic/lab/machine-settings.json";

/** Call it under the lock of the machine's settings: see network.ts. */
export function ensureMachineSettings(): void {
  const before: Record<string, string> = readBefore();
  for (const [name, least] of Object.entries(NEEDED)) {
    const value = readFileSync(join("/proc/sys", name), "utf8").trim();
    if (Number(value) >= least) continue;
    before[name] ??= value;
    mkdirSync(join(BEFORE, ".."), { recursive: true });
    writeFileSync(BEFORE, JSON.stringify(before));
    writeFileSync(join("/proc/sys", name), `${least}\n`);
  }
}

/** Restores the values before the first lab, unless another lab still exists. */
export function restoreMachineSettings(): void {
  const others = readdirSync("/sys/class/net").some((name) => name.startsWith(BRIDGE_PREFIX));
  if (others || !existsSync(BEFORE)) return;
  for (const [name, value] of Object.entries(readBefore()))
    writeFileSync(join("/proc/sys", name), `${value}\n`);
  rmSync(join(BEFORE, ".."), { recursive: true });
}

function readBefore(): Record<string, string> {
  return existsSync(BEFORE) ? JSON.parse(readFileSync(BEFORE, "utf8")) : {};
}
