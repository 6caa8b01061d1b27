/** What counts as a secret, for file modes and for masks. */
import { isMap, Tagged, type Value } from "./value.ts";

const SECRET_NAME =
  /(?:pass|password|passwd|passphrase|secret|token|credential|(?:api|access|private|encryption|auth|vrrp)_?key)s?(?:_?hash)?$/i;
const URL_WITH_PASSWORD = /[a-z][a-z0-9+.-]*:\/\/[^\s/:@"']*:[^\s/@"']+@/i;

/** True for the name of a variable that usually holds a secret, such as `ldap_bind_password`. */
export function isSecretName(name: string): boolean {
  return SECRET_NAME.test(name);
}

/** True when a value is encrypted, or a text under a secret's name, or an URL with a password, at any depth. */
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
