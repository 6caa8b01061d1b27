/** Recognises secrets, for the modes of files and for masking. */
import { isMap, Tagged, type Value } from "./value.ts";

const SECRET_NAME =
  /(?:pass|password|passwd|passphrase|secret|token|credential|(?:api|access|private|encryption|auth|vrrp)_?key)s?(?:_?hash)?$/i;
const URL_WITH_PASSWORD = /[a-z][a-z0-9+.-]*:\/\/[^\s/:@"']*:[^\s/@"']+@/i;

/** True for the name of a variable that usually holds a secret, such as `ldap_bind_password`. */
export function isSecretName(name: string): boolean {
  return SECRET_NAME.test(name);
}

/** True when a value holds, at any depth, an encrypted value, a text under the name of a secret, or a URL with a password. */
export function holdsSecret(value: Value, name = ""): boolean {
  if (value instanceof Tagged && value.tag === "!vault") return true;
  if (Array.isArray(value)) return value.some((item) => holdsSecret(item, name));
  if (isMap(value)) {
    return Object.entries(value).some(([key, item]) => holdsSecret(item, isSecretName(name) ? name : key));
  }
  const text = value instanceof Tagged ? value.text : value;
  if (typeof text !== "string" || text === "") return false;
  return isSecretName(name) || URL_WITH_PASSWORD.test(text);
}
