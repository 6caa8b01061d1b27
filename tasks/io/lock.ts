/**
 * One holder at a time, across processes. The lock is a file that names its owner; a dead owner's lock is taken over.
 */
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { LockedError } from "../core/errors.ts";
import { onDisk } from "./files.ts";
import { operatorName } from "./operator.ts";
import { identify, isAlive, type ProcessIdentity } from "./process-identity.ts";

export interface LockOwner {
  readonly version: 1;
  readonly process: ProcessIdentity;
  readonly user: string;
  /** What the owner is doing, such as `deploy prep-hosts`. */
  readonly reason: string;
  /** ISO 8601. */
  readonly since: string;
  /** A child, leader of its own process group, that may outlive its parent: the next owner must end it first. */
  readonly child?: ProcessIdentity;
}

export interface Lock {
  /** The dead owner whose lock this was, when it was taken over. */
  readonly inheritedFrom?: LockOwner;
  /** Records (or clears) the child that would survive a kill -9 of this process. */
  setChild(pid: number | undefined): void;
  release(): void;
}

/**
 * Takes the lock or fails at once; never waits.
 * @throws LockedError naming the owner, its machine, process, start and reason.
 */
export async function acquireLock(path: string, reason: string): Promise<Lock> {
  onDisk(path, () => mkdirSync(dirname(path), { recursive: true }));
  let owner: LockOwner = {
    version: 1,
    process: identify(process.pid),
    user: operatorName(process.env),
    reason,
    since: new Date().toISOString(),
  };
  const temporary = `${path}.${process.pid}`;
  const text = (): string => `${JSON.stringify(owner)}\n`;
  const write = (): void => onDisk(path, () => writeFileSync(temporary, text(), { mode: 0o600 }));
  let inheritedFrom: LockOwner | undefined;
  try {
    write();
    for (;;) {
      if (tryLink(temporary, path)) {
        // Two processes that found the same dead owner may both get here; the file names the one that was last.
        if (inheritedFrom !== undefined) await sleep(30);
        if (readText(path) === text()) break;
      }
      const found = readText(path);
      if (found === undefined) continue;
      const holder = parseOwner(found, path);
      if (isAlive(holder.process)) throw lockedBy(holder, path);
      if (setAside(path, found)) inheritedFrom = holder;
    }
  } finally {
    rmSync(temporary, { force: true });
  }
  const rewrite = (): void => {
    write();
    renameSync(temporary, path);
  };
  return {
    ...(inheritedFrom === undefined ? {} : { inheritedFrom }),
    setChild(pid) {
      const { child: _previous, ...rest } = owner;
      owner = pid === undefined ? rest : { ...rest, child: identify(pid) };
      rewrite();
    },
    release() {
      if (readText(path) === text()) rmSync(path, { force: true });
    },
  };
}

/** The owner of the lock; undefined when none is alive. */
export function lockHolder(path: string): LockOwner | undefined {
  const found = readText(path);
  if (found === undefined) return undefined;
  const holder = parseOwner(found, path);
  return isAlive(holder.process) ? holder : undefined;
}

function tryLink(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

/** Removes a dead owner's lock; false when another process was faster, whose lock is then restored. */
function setAside(path: string, expected: string): boolean {
  const aside = `${path}.dead.${process.pid}`;
  try {
    renameSync(path, aside);
  } catch {
    return false;
  }
  const taken = readText(aside);
  if (taken !== expected) tryLink(aside, path);
  rmSync(aside, { force: true });
  return taken === expected;
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

function parseOwner(text: string, path: string): LockOwner {
  try {
    const owner = JSON.parse(text) as LockOwner;
    if (owner.version === 1 && typeof owner.process.pid === "number") return owner;
  } catch {
    // Falls through: not ours to interpret.
  }
  throw new LockedError(`${path} is not a lock of this version of kube-magic`, {
    remedy: `make sure that no kube-magic runs on this cluster, then: rm ${path}`,
  });
}

function lockedBy(owner: LockOwner, path: string): LockedError {
  const elsewhere = owner.process.host !== identify(process.pid).host;
  return new LockedError(
    `locked by ${owner.user}@${owner.process.host}, process ${owner.process.pid}, since ${owner.since}: ${owner.reason}`,
    {
      remedy: elsewhere
        ? `wait for it; if that machine is gone for good: rm ${path}`
        : `wait for it, or end it: kill -INT ${owner.process.pid}`,
    },
  );
}
