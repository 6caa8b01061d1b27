/** What a machine needs before a lab can run on it; everything that is missing is reported at once. */
import { existsSync, mkdirSync, readFileSync, statfsSync } from "node:fs";
import { installLine } from "../controller/install.ts";
import { missingFiles, packagesOf } from "../controller/missing.ts";
import { GateError } from "../core/errors.ts";
import type { LabPlaces } from "./places.ts";

/** The type of file system that statfs reports for an overlay. */
const OVERLAY_MAGIC = 0x794c7630;

/** Why no lab can run on this machine, one sentence each; empty when one can. */
export function obstacles(places: LabPlaces, env: NodeJS.ProcessEnv = process.env): readonly string[] {
  if (process.platform !== "linux") return ["The lab needs Linux."];
  const found: string[] = [];
  if (process.getuid?.() !== 0) found.push("The lab needs root: run the command with sudo.");
  const packages = packagesOf(missingFiles(["lab"], env));
  if (packages.length > 0) found.push(`Install the missing packages: ${installLine(packages)}`);
  if (!readFileSync("/proc/filesystems", "utf8").includes("\toverlay\n")) {
    found.push("The kernel has no overlay file system: modprobe overlay");
  }
  // systemd-nspawn derives its hosts' MAC addresses from it; some images leave it empty until their first boot.
  if (machineId() === "") found.push("This machine has no id in /etc/machine-id: systemd-machine-id-setup");
  if (found.length > 0) return found;
  mkdirSync(places.labs, { recursive: true, mode: 0o755 });
  if (statfsSync(places.labs).type === OVERLAY_MAGIC) {
    found.push(
      `${places.labs} is on an overlay: set KUBE_MAGIC_LAB_DIR to a folder on a disk or a tmpfs, such as /dev/shm/kube-magic.`,
    );
  }
  return found;
}

/** @throws GateError with everything that is missing. */
export function requireLabMachine(places: LabPlaces): void {
  const found = obstacles(places);
  if (found.length === 0) return;
  throw new GateError("this machine cannot run a lab yet", {
    remedy: found.join("\n  → "),
  });
}

/** @throws GateError for every other user than root, who owns the lab's key and its processes. */
export function requireRoot(): void {
  if (process.getuid?.() === 0) return;
  throw new GateError("only root may use the hosts of a lab", { remedy: "Run the command with sudo." });
}

function machineId(): string {
  return existsSync("/etc/machine-id") ? readFileSync("/etc/machine-id", "utf8").trim() : "";
}
