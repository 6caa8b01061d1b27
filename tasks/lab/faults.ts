/** Faults of the machine that a user can mend, told as such. */
import { GateError, KubeMagicError } from "../core/errors.ts";

const MENDABLE: Readonly<Record<string, string>> = {
  ENOSPC: "Free some space there, or set KUBE_MAGIC_LAB_DIR and KUBE_MAGIC_CACHE_DIR to a larger disk.",
  EDQUOT: "Raise the quota, or set KUBE_MAGIC_LAB_DIR and KUBE_MAGIC_CACHE_DIR to another disk.",
  EROFS: "Set KUBE_MAGIC_LAB_DIR and KUBE_MAGIC_CACHE_DIR to a disk that can be written.",
  EACCES: "Run the command with sudo.",
};

/** @throws GateError when the work failed for want of space or of the right to write. */
export async function explainFaults<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const { code, path, message } = error as NodeJS.ErrnoException;
    const remedy = MENDABLE[code ?? ""];
    if (error instanceof KubeMagicError || remedy === undefined) throw error;
    throw new GateError(`cannot write ${path ?? "the lab's folder"}: ${message}`, { cause: error, remedy });
  }
}
