/** Files that ansible-vault encrypted. The password comes from where the user told Ansible that it is. */
import { join } from "node:path";
import { InputError } from "../core/errors.ts";
import { capture } from "../io/shell.ts";

export function isVaulted(text: string): boolean {
  return text.startsWith("$ANSIBLE_VAULT;");
}

/**
 * @param bin folder with ansible-vault
 * @throws InputError when the password is missing or wrong
 */
export async function readVaulted(file: string, bin: string, env: NodeJS.ProcessEnv): Promise<string> {
  const { code, stdout, stderr } = await capture([join(bin, "ansible-vault"), "view", file], {
    env: { ...env, PAGER: "cat", LC_ALL: "C.UTF-8" },
  });
  if (code === 0) return stdout;
  throw new InputError(`${file} is encrypted and cannot be read: ${stderr.trim().split("\n").at(-1)}`, {
    remedy: "set ANSIBLE_VAULT_PASSWORD_FILE to the file with the password that it was written with",
  });
}
