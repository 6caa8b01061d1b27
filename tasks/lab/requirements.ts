/** What a machine needs before a lab can be made on it; everything that is missing is said at once. */
import { accessSync, constants, existsSync, mkdirSync, readFileSync, statfsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { GateError } from "../core/errors.ts";
import type { LabPlaces } from "./places.ts";

/** Command → Debian package that brings it. */
const COMMANDS: Readonly<Record<string, string>> = {
  "systemd-nspawn": "systemd-container",
  mmdebstrap: "mmdebstrap",
  ip: "iproute2",
  nft: "nftables",
  ssh: "openssh-client",
  "ssh-keygen": "openssh-client",
  unshare: "util-linux",
  setpriv: "util-linux",
  bash: "bash",
};
const ARCHIVE_KEYS = "/usr/share/keyrings/debian-archive-keyring.gpg";
const OVERLAY_MAGIC = 0x794c7630;

/** Packages that are missing, without duplicates. */
export function missingPackages(env: NodeJS.ProcessEnv = process.env): readonly string[] {
  const folders = [...(env.PATH ?? "").split(delimiter), "/usr/sbin", "/sbin"];
  const missing = Object.entries(COMMANDS)
    .filter(([command]) => !folders.some((folder) => isExecutable(join(folder, command))))
    .map(([, pack]) => pack);
  if (!existsSync(ARCHIVE_KEYS)) missing.push("debian-archive-keyring");
  return [...new Set(missing)];
}

/** Why no lab can run here, one sentence each; empty when one can. */
export function obstacles(places: LabPlaces, env: NodeJS.ProcessEnv = process.env): readonly string[] {
  if (process.platform !== "linux") return ["The lab needs Linux."];
  const found: string[] = [];
  if (process.getuid?.() !== 0) found.push("The lab needs root: run the command with sudo.");
  const packages = missingPackages(env);
  if (packages.length > 0) found.push(`Packages are missing: apt-get install ${packages.join(" ")}`);
  if (!readFileSync("/proc/filesystems", "utf8").includes("\toverlay\n")) {
    found.push("The kernel has no overlay file system: modprobe overlay");
  }
  if (found.length > 0) return found;
  mkdirSync(places.labs, { recursive: true, mode: 0o755 });
  if (statfsSync(places.labs).type === OVERLAY_MAGIC) {
    found.push(
      `${places.labs} is itself on an overlay: set KUBE_MAGIC_LAB_DIR to a folder on a disk or a tmpfs, such as /dev/shm/kube-magic.`,
    );
  }
  return found;
}

/** @throws GateError with everything that is missing. */
export function requireLabMachine(places: LabPlaces): void {
  const found = obstacles(places);
  if (found.length === 0) return;
  throw new GateError("no lab can run on this machine yet", {
    remedy: found.join("\n  → "),
  });
}

/** @throws GateError for anybody but root: the lab's key and its processes are root's. */
export function requireRoot(): void {
  if (process.getuid?.() === 0) return;
  throw new GateError("the lab's hosts belong to root", { remedy: "Run the command with sudo." });
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
