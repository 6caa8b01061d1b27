/** The password of the directory's account, from where the inventory says that it is. */
import { readFileSync, statSync } from "node:fs";
import { decryptText, isVaulted } from "../ansible/vault.ts";
import { InputError } from "../core/errors.ts";
import type { Ldap, SecretSource } from "../core/model.ts";

export interface SecretOptions {
  /** Folder with ansible-vault; asked for only when something is encrypted. */
  readonly bin: () => Promise<string>;
  readonly env: NodeJS.ProcessEnv;
}

/** "" for an account without one (anonymous). @throws InputError when it cannot be read, or others can read it */
export async function readPassword(ldap: Ldap, options: SecretOptions): Promise<string> {
  if (ldap.bind === undefined) return "";
  const { password } = ldap.bind;
  const text = password.kind === "vaulted" ? password.text : readSecretFile(password);
  const what = password.kind === "vaulted" ? "ldap.bindPassword" : password.path;
  const plain = isVaulted(text) ? await decryptText(text, what, await options.bin(), options.env) : text;
  const secret = plain.replace(/\r?\n$/, "");
  if (secret === "" || /[\r\n\0]/.test(secret))
    throw new InputError(`${what} holds ${secret === "" ? "nothing" : "more than one line"}`, {
      remedy: "write the password of ldap.bindDn into it, on one line",
    });
  return secret;
}

function readSecretFile({ path }: Extract<SecretSource, { kind: "file" }>): string {
  const text = readFile(path, "ldap.bindPasswordFile");
  const mode = statSync(path).mode & 0o777;
  if (!isVaulted(text) && (mode & 0o077) !== 0)
    throw new InputError(`${path} holds a password and others can read it (mode ${mode.toString(8)})`, {
      remedy: `chmod 600 ${path}, or encrypt it: ansible-vault encrypt ${path}`,
    });
  return text;
}

/** Certificates that the server's is checked against; "" for those that hosts trust. */
export function readAuthority({ caFile }: Ldap): string {
  if (caFile === undefined) return "";
  const text = readFile(caFile, "ldap.caFile");
  if (text.includes("PRIVATE KEY"))
    throw new InputError(`${caFile} holds a private key, not only certificates`, {
      remedy: "name the file with the authority's certificate in ldap.caFile",
    });
  if (text.includes("-----BEGIN CERTIFICATE-----")) return text;
  throw new InputError(`${caFile} holds no certificate in PEM form`, {
    remedy: "name the file with the authority's certificate in ldap.caFile",
  });
}

function readFile(path: string, key: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new InputError(`${key}: ${path} cannot be read: ${(error as NodeJS.ErrnoException).code}`, {
      remedy: "correct the path; it is relative to the inventory file that names it",
      cause: error,
    });
  }
}
