/** Why the directory could not be asked, as errors with remedies. */
import { GateError } from "../core/errors.ts";
import type { CheckResult, MappingResult } from "./check.ts";
import { type Directory, type Refusal, serverOf } from "./search.ts";

/** @param from where the directory was asked from. @throws GateError unless it answered */
export function requireResults(
  result: CheckResult,
  directory: Directory,
  from: string,
): readonly MappingResult[] {
  if (result.kind === "checked") return result.results;
  const { url, bind } = directory.ldap;
  if (result.kind === "no-base")
    throw new GateError(`ldap.${result.key}.base: there is no ${result.base} in the directory`, {
      remedy: `correct it; or ${bind?.dn ?? "anonymous"} may not read it`,
    });
  const { host, port } = serverOf(url);
  const { refusal } = result;
  const explain: Readonly<Record<Refusal["kind"], () => GateError>> = {
    "no-tool": () =>
      new GateError(`${from} has no ldapsearch`, {
        remedy: "npm run deploy:post -- --tags cluster installs it; or ask from elsewhere: --from HOST",
      }),
    host: () =>
      new GateError(`${from} cannot be asked: ${text(refusal)}`, {
        remedy: "npm run preflight shows which hosts answer; or ask from elsewhere: --from HOST",
      }),
    unreachable: () =>
      new GateError(`${from} does not reach ${host} on port ${port}: ${text(refusal)}`, {
        remedy: "look at ldap.url, and at firewalls between them",
      }),
    certificate: () =>
      new GateError(`the certificate of ${host} is refused: ${text(refusal)}`, {
        remedy:
          "name the authority that signed it in ldap.caFile; the host in ldap.url must be in the certificate",
      }),
    credentials: () =>
      new GateError(`the directory does not accept ${bind?.dn ?? "anonymous access"}: ${text(refusal)}`, {
        remedy: "correct ldap.bindDn or its password",
      }),
    other: () =>
      new GateError(`the directory refuses: ${text(refusal)}`, {
        remedy: "read the log of the directory server",
      }),
  };
  throw explain[refusal.kind]();
}

function text(refusal: Refusal): string {
  return "text" in refusal ? refusal.text : "";
}
