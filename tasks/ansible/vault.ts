/** Texts that ansible-vault encrypts. The password comes from Ansible's own settings. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { InputError } from "../core/errors.ts";
import { capture } from "../io/command/capture.ts";

export function isVaulted(text: string): boolean {
  return text.startsWith("$ANSIBLE_VAULT;");
}

/**
 * @param bin folder with ansible-vault
 * @throws InputError when the password is missing or wrong
 */
export async function readVaulted(file: string, bin: string, env: NodeJS.ProcessEnv): Promise<string> {
  return await decryptText(readFileSync(file, "utf8"), file, bin, env);
}

/**
 * @param what named in the error: a file, or a place in the inventory
 * @throws InputError when the password is missing or wrong
 */
export async function decryptText(
  text: string,
  what: string,
  bin: string,
  env: NodeJS.ProcessEnv,
): Promise<string> {
  const { code, stdout, stderr } = await vault("decrypt", text, bin, env);
  if (code === 0) return stdout;
  throw new InputError(`${what} is encrypted and cannot be read: ${stderr.trim().split("\n").at(-1)}`, {
    remedy: "set ANSIBLE_VAULT_PASSWORD_FILE to the file with the password that it was written with",
  });
}

/** @throws InputError when no password is configured */
export async function encryptText(text: string, bin: string, env: NodeJS.ProcessEnv): Promise<string> {
  const { code, stdout, stderr } = await vault("encrypt", text, bin, env);
  if (code === 0 && isVaulted(stdout)) return stdout;
  throw new InputError(`nothing was encrypted: ${stderr.trim().split("\n").at(-1)}`, {
    remedy: "set ANSIBLE_VAULT_PASSWORD_FILE to a file with the vault password, which only you can read",
  });
}

/** Through pipes: a secret is never in a file or in argv. */
async function vault(verb: "encrypt" | "decrypt", text: string, bin: string, env: NodeJS.ProcessEnv) {
  return await capture([join(bin, "ansible-vault"), verb, "--output", "-"], {
    env: { ...env, LC_ALL: "C.UTF-8" },
    input: text,
  });
}
