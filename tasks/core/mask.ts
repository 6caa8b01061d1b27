/** Masks secrets on a line of an inventory, because messages show such lines on terminals and in logs. */
import { isSecretName } from "./secret.ts";

const ASSIGNMENT = /([\w-]+)["']?\s*[:=]\s*(?:"[^"]*"?|'[^']*'?|[^,{}[\]\s"'][^,}]*)/g;

/** Replaces the value after the name of a secret by stars of the same length, so that columns stay correct. */
export function maskSecrets(line: string): string {
  return line.replace(ASSIGNMENT, (found, name: string) => {
    if (!isSecretName(name)) return found;
    const head = /^[\w-]+["']?\s*[:=]\s*/.exec(found)?.[0] ?? "";
    return head + found.slice(head.length).replace(/./g, "*");
  });
}
