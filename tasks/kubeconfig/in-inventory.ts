/** A cluster's kubeconfig in its inventory, encrypted with ansible-vault: it can be committed and shared. */
import { join } from "node:path";
import { decryptText, encryptText, isVaulted } from "../ansible/vault.ts";
import { GateError } from "../core/errors.ts";
import { readOptional, writeAtomic } from "../io/files.ts";
import { type Access, accessOf, type ClusterEntries, kubeconfigText } from "./access.ts";
import { readKubeconfig } from "./document.ts";

/** Not `.yml`: files with that ending are layers of the inventory. */
export function vaultFile(inventories: string, cluster: string): string {
  return join(inventories, cluster, "vault", "kubeconfig");
}

export interface VaultOptions {
  /** Folder with ansible-vault. */
  readonly bin: string;
  readonly env: NodeJS.ProcessEnv;
}

/**
 * Encrypts and stores; true when it was written. A stored file with the same contents is not touched.
 * @throws InputError when no vault password is configured
 */
export async function storeEncrypted(
  file: string,
  entries: ClusterEntries,
  options: VaultOptions,
): Promise<boolean> {
  const text = kubeconfigText(entries);
  const before = readOptional(file)?.toString();
  const encrypted = await encryptText(text, options.bin, options.env);
  if (before !== undefined && isVaulted(before)) {
    const current = await decryptText(before, file, options.bin, options.env).catch(() => undefined);
    if (current === text) return false;
  }
  writeAtomic(file, encrypted, 0o600);
  return true;
}

/**
 * @throws GateError when nothing is stored, or the stored file is not a kubeconfig
 * @throws InputError when the vault password is missing or wrong
 */
export async function readEncrypted(file: string, options: VaultOptions): Promise<Access> {
  const remedy = "npm run kubeconfig -- --vault";
  const stored = readOptional(file)?.toString();
  if (stored === undefined) throw new GateError(`${file} does not exist`, { remedy });
  if (!isVaulted(stored)) throw new GateError(`${file} is not encrypted with ansible-vault`, { remedy });
  const reading = readKubeconfig(await decryptText(stored, file, options.bin, options.env));
  const found = reading.config === undefined ? reading : accessOf(reading.config);
  if ("access" in found && found.access !== undefined) return found.access;
  throw new GateError(`${file} does not contain a complete kubeconfig: ${found.problem}`, { remedy });
}
