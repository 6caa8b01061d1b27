/** Disk errors that a user can repair, reported with the remedy instead of as a bug. */
import { GateError, KubeMagicError } from "../core/errors.ts";

const REMEDIES: Readonly<Record<string, string>> = {
  ENOSPC: "Free some space there, or set KUBE_MAGIC_LAB_DIR and KUBE_MAGIC_CACHE_DIR to a larger disk.",
  EDQUOT: "Raise the quota, or set KUBE_MAGIC_LAB_DIR and KUBE_MAGIC_CACHE_DIR to another disk.",
  EROFS: "Set KUBE_MAGIC_LAB_DIR and KUBE_MAGIC_CACHE_DIR to a disk that can be written.",
  EACCES: "Run the command with sudo.",
};

/** @throws GateError when the work failed because the disk is full or read-only, or this user may not write. */
export async function explainDiskFaults<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const { code, path, message } = error as NodeJS.ErrnoException;
    const remedy = REMEDIES[code ?? ""];
    if (error instanceof KubeMagicError || remedy === undefined) throw error;
    throw new GateError(`cannot write ${path ?? "the lab's folder"}: ${message}`, { cause: error, remedy });
  }
}
