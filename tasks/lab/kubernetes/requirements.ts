/** What this machine needs to build programs; everything that is missing is said at once. */
import { mkdirSync, statfsSync } from "node:fs";
import { ensurePrograms, installLine } from "../../controller/install.ts";
import { missingFiles, packagesOf } from "../../controller/missing.ts";
import { GateError } from "../../core/errors.ts";
import { capture } from "../../io/command/capture.ts";
import { onDisk } from "../../io/files.ts";
import type { StorePlaces } from "./store.ts";

/** The oldest Go that the pinned modules accept. */
const OLDEST_GO = [1, 25] as const;

/** Below this, the first program would not fit. In bytes. */
const LEAST_FREE = 2 ** 30;

/** Installs Debian packages that are missing, where this user may. @throws GateError with everything that is missing then. */
export async function prepareBuildMachine(
  store: StorePlaces,
  env: NodeJS.ProcessEnv,
  note: (text: string) => void,
): Promise<void> {
  if (process.getuid?.() === 0) await ensurePrograms(["lab-programs"], { env, note });
  await requireBuildMachine(store, env);
}

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
  const packages = packagesOf(missingFiles(["lab-programs"], env));
  return [
    ...(process.getuid?.() === 0
      ? []
      : ["the cache and the Debian layer belong to root: run the command with sudo"]),
    ...(packages.length === 0 ? [] : [`install the missing packages: ${installLine(packages)}`]),
  ];
}

async function goObstacles(env: NodeJS.ProcessEnv): Promise<readonly string[]> {
  const wanted = `Go ${OLDEST_GO.join(".")} or newer`;
  const { code, stdout } = await capture(["go", "env", "GOVERSION"], { env });
  if (code !== 0) return [`${wanted} is missing: install it from https://go.dev/dl/`];
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
