/** Installs the packages that a command needs, once, and says so before it does. */
import { existsSync, readFileSync } from "node:fs";
import { GateError } from "../core/errors.ts";
import { type CommandResult, capture } from "../io/command/capture.ts";
import { withTurn } from "./machine-lock.ts";
import { missingNeeds, packagesOf } from "./missing.ts";
import { describeNeed, type Need, type Purpose } from "./needs.ts";

/** Set to 1, nothing is installed: the command says what to type, and ends. */
const REFUSAL = "KUBE_MAGIC_NO_INSTALL";
const INSTALL = ["apt-get", "install", "-y", "--no-install-recommends"] as const;
/** How long another package manager may hold the locks of apt and dpkg, ms. */
const PATIENCE_MS = 10 * 60_000;
const POLL_MS = 2_000;
const OUTPUT_LINES = 15;

/** What decides whether this machine's packages may be installed. */
export interface Controller {
  readonly isRoot: boolean;
  /** Debian, Ubuntu, or a system derived from them. */
  readonly isDebian: boolean;
}

/** Where the installation looks and what it prints. */
export interface InstallOptions {
  readonly env: NodeJS.ProcessEnv;
  /** Gets one line about each thing that is installed or waited for, without a line end. */
  readonly note: (text: string) => void;
  /** Default: this machine. */
  readonly controller?: Controller;
  /** Default: ten minutes, asked every two seconds; ms. */
  readonly patience?: { readonly totalMs: number; readonly pollMs: number };
}

/**
 * Returns when every need of these purposes is met. Installs nothing when nothing is missing.
 * @throws GateError with the line to type when this user or this system cannot install, or apt-get failed.
 */
export async function ensurePrograms(purposes: readonly Purpose[], options: InstallOptions): Promise<void> {
  const missing = await missingNeeds(purposes, options.env);
  if (missing.length === 0) return;
  const controller = options.controller ?? readController();
  if (!controller.isRoot || !controller.isDebian || options.env[REFUSAL] === "1")
    throw refusal(missing, controller);
  await withTurn(
    "this machine's package installation",
    "kube-magic",
    (owner) => options.note(`waiting: ${owner}`),
    () => install(purposes, options),
  );
}

/** @param osRelease text of /etc/os-release; default: this machine's. */
export function readController(osRelease: string = readOsRelease()): Controller {
  const names = [...osRelease.matchAll(/^ID(?:_LIKE)?=(.*)$/gm)].flatMap(([, value = ""]) =>
    value.replaceAll('"', "").split(/\s+/),
  );
  return {
    isRoot: process.getuid?.() === 0,
    isDebian: names.includes("debian") || names.includes("ubuntu"),
  };
}

/** The line to type, for an installation by hand. */
export function installLine(packages: readonly string[], sudo = ""): string {
  return `${sudo}apt-get update && ${sudo}${INSTALL.join(" ")} ${packages.join(" ")}`;
}

/** What is missing, for people; each thing once. */
function names(needs: readonly Need[]): string {
  return [...new Set(needs.map(describeNeed))].join(", ");
}

/** Under the lock: another run may just have installed what was missing. */
async function install(purposes: readonly Purpose[], options: InstallOptions): Promise<void> {
  const missing = await missingNeeds(purposes, options.env);
  if (missing.length === 0) return;
  const packages = packagesOf(missing);
  const started = Date.now();
  options.note(`installing missing packages: ${packages.join(", ")}`);
  const update = await aptGet(["apt-get", "update"], options);
  const done = await aptGet([...INSTALL, ...packages], options);
  if (done.code !== 0) throw failure(packages, done, update);
  const left = await missingNeeds(purposes, options.env);
  if (left.length > 0) {
    throw new GateError(`still missing after the installation: ${names(left)}`, {
      remedy: `look at what apt-get says: ${installLine(packagesOf(left))}`,
    });
  }
  options.note(`packages installed in ${Math.round((Date.now() - started) / 1000)} s`);
}

/** Repeats the command while another package manager holds a lock. */
async function aptGet(argv: readonly [string, ...string[]], options: InstallOptions): Promise<CommandResult> {
  const { totalMs, pollMs } = options.patience ?? { totalMs: PATIENCE_MS, pollMs: POLL_MS };
  const deadline = Date.now() + totalMs;
  const env = { ...options.env, DEBIAN_FRONTEND: "noninteractive", NEEDRESTART_SUSPEND: "1", LC_ALL: "C" };
  for (let announced = false; ; announced = true) {
    const result = await capture(argv, { env });
    const lock = lockIn(result);
    if (lock === undefined || Date.now() > deadline) return result;
    if (!announced) options.note(`waiting for another package manager: ${lock}`);
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
}

/** apt's own sentence about a lock that another process holds, such as `Could not get lock … It is held by process 12 (apt)`. */
function lockIn({ code, stderr }: CommandResult): string | undefined {
  if (code === 0) return undefined;
  return /^E: (Could not get lock .*|Unable to (?:lock|acquire) .*)$/m.exec(stderr)?.[1];
}

function refusal(missing: readonly Need[], { isRoot, isDebian }: Controller): GateError {
  const message = `missing on this machine: ${names(missing)}`;
  const packages = packagesOf(missing);
  if (!isDebian) {
    return new GateError(message, {
      remedy: `install them with this system's package manager (in Debian: ${packages.join(" ")}), then repeat this command`,
    });
  }
  const line = installLine(packages, isRoot ? "" : "sudo ");
  return new GateError(message, { remedy: `${line}\n  → then repeat this command` });
}

/** The end of apt-get's output. A failed update explains why a package is not found. */
function failure(packages: readonly string[], done: CommandResult, update: CommandResult): GateError {
  const output = [update.code === 0 ? "" : update.stderr, done.stderr || done.stdout].join("\n").trim();
  return new GateError(`apt-get could not install ${packages.join(", ")} (exit ${done.code})`, {
    output: output.split("\n").slice(-OUTPUT_LINES).join("\n"),
    remedy: `check the network and /etc/apt/sources.list, then: ${installLine(packages)}`,
  });
}

function readOsRelease(): string {
  return existsSync("/etc/os-release") ? readFileSync("/etc/os-release", "utf8") : "";
}
