/** Kernel settings of this machine that labs need: raised by the first lab, put back when the last one goes. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { BRIDGE_PREFIX } from "./places.ts";

/** Setting → least value that labs can live with. */
const NEEDED: Readonly<Record<string, number>> = {
  // Hosts reach the package mirror through this machine.
  "net/ipv4/ip_forward": 1,
  // Every systemd takes some ten, and all hosts together count as one user: with the default of 128 the eighth host
  // or its reboot fails with "Too many open files".
  "fs/inotify/max_user_instances": 4096,
};

/** What they were before the first lab; gone after a restart of the machine, as is what we wrote. */
const BEFORE = "/run/kube-magic/lab/machine-settings.json";

/** Call it under the lock of the machine's settings. */
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

/** Puts back what the first lab found, unless another lab is still there. */
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
