/** What this machine needs to build programs; everything that is missing is said at once. */
import { accessSync, constants, existsSync, mkdirSync, statfsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { GateError } from "../../core/errors.ts";
import { onDisk } from "../../io/files.ts";
import { capture } from "../../io/shell.ts";
import type { StorePlaces } from "./store.ts";

/** File that has to exist, or command → Debian package. */
const NEEDED: Readonly<Record<string, string>> = {
  gcc: "gcc",
  "pkg-config": "pkg-config",
  zstd: "zstd",
  mmdebstrap: "mmdebstrap",
  setpriv: "util-linux",
  unshare: "util-linux",
  "/usr/include/stdlib.h": "libc6-dev",
  "/usr/include/seccomp.h": "libseccomp-dev",
  "/usr/share/keyrings/debian-archive-keyring.gpg": "debian-archive-keyring",
};

/** The oldest Go that the pinned modules accept. */
const OLDEST_GO = [1, 25] as const;

/** Below this, the first program would not fit. In bytes. */
const LEAST_FREE = 2 ** 30;

/** @throws GateError with everything that is missing. */
export async function requireBuildMachine(store: StorePlaces, env: NodeJS.ProcessEnv): Promise<void> {
  const found = [...obstacles(env), ...(await goObstacles(env))];
  if (found.length === 0) found.push(...spaceObstacles(store));
  if (found.length === 0) return;
  throw new GateError("programs for labs cannot be built on this machine yet", {
    remedy: found.join("\n  → "),
  });
}

/** @returns Go's name for this machine's processor. @throws GateError for one that Kubernetes' lab is not built for. */
export function goArchitecture(): string {
  const arch = { x64: "amd64", arm64: "arm64" }[process.arch as string];
  if (arch !== undefined) return arch;
  throw new GateError(`programs for labs are not built for ${process.arch}`, {
    remedy: "use a machine with an amd64 or arm64 processor",
  });
}

function obstacles(env: NodeJS.ProcessEnv): readonly string[] {
  if (process.platform !== "linux") return ["the programs need Linux"];
  const packages = Object.entries(NEEDED)
    .filter(([what]) => !(what.startsWith("/") ? existsSync(what) : isCommand(what, env)))
    .map(([, name]) => name);
  return [
    ...(process.getuid?.() === 0
      ? []
      : ["the cache and the Debian layer belong to root: run the command with sudo"]),
    ...(packages.length === 0
      ? []
      : [`packages are missing: apt-get install ${[...new Set(packages)].join(" ")}`]),
  ];
}

async function goObstacles(env: NodeJS.ProcessEnv): Promise<readonly string[]> {
  const wanted = `Go ${OLDEST_GO.join(".")} or newer`;
  if (!isCommand("go", env)) return [`${wanted} is missing: install it from https://go.dev/dl/`];
  const { stdout } = await capture(["go", "env", "GOVERSION"], { env });
  const [major = 0, minor = 0] = (/go(\d+)\.(\d+)/.exec(stdout) ?? []).slice(1).map(Number);
  const isOld = major < OLDEST_GO[0] || (major === OLDEST_GO[0] && minor < OLDEST_GO[1]);
  return isOld ? [`${stdout.trim()} is too old: install ${wanted} from https://go.dev/dl/`] : [];
}

function spaceObstacles(store: StorePlaces): readonly string[] {
  onDisk(store.root, () => mkdirSync(store.root, { recursive: true, mode: 0o700 }));
  const { bavail, bsize } = statfsSync(store.root);
  if (bavail * bsize >= LEAST_FREE) return [];
  const free = Math.floor((bavail * bsize) / 2 ** 20);
  return [`no space left below ${store.root}: ${free} MiB are free, 1024 MiB are needed to begin`];
}

function isCommand(name: string, env: NodeJS.ProcessEnv): boolean {
  return (env.PATH ?? "").split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, name), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
