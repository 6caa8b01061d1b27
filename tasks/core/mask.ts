/** Lines of an inventory are shown with problems, on terminals and in logs of CI: without the secrets on them. */
import { isSecretName } from "./secret.ts";

const ASSIGNMENT = /([\w-]+)["']?\s*[:=]\s*(?:"[^"]*"?|'[^']*'?|[^,{}[\]\s"'][^,}]*)/g;

/** Stars in place of what follows the name of a secret; columns stay where they are. */
export function maskSecrets(line: string): string {
  return line.replace(ASSIGNMENT, (found, name: string) => {
    if (!isSecretName(name)) return found;
    const head = /^[\w-]+["']?\s*[:=]\s*/.exec(found)?.[0] ?? "";
    return head + found.slice(head.length).replace(/./g, "*");
  });
}
