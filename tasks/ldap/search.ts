/**
 * Searches a directory with ldapsearch on a host of the cluster: the cluster's own jobs will ask from it, behind the same
 * firewalls. The password and the certificate authority travel on standard input; on the host they are in a folder for
 * that one command, 0700, which is removed with it.
 */
import type { ClusterModel, Host, Ldap } from "../core/model.ts";
import { shellCommand } from "../core/shell-words.ts";
import { lastLine } from "../hosts/answer.ts";
import { askController, askHost } from "../hosts/ask.ts";
import { type LdapEntry, parseLdif } from "./ldif.ts";

export interface Query {
  readonly base: string;
  readonly scope: "sub" | "one" | "base";
  readonly filter: string;
  readonly attributes: readonly string[];
}

export interface Answer {
  readonly entries: readonly LdapEntry[];
  /** LDAP's result code: 0 success, 32 no such object, 4 size limit. */
  readonly code: number;
}

/** Why nothing could be searched at all. */
export type Refusal =
  | { readonly kind: "no-tool" }
  | { readonly kind: "host"; readonly text: string; readonly remedy: string }
  | { readonly kind: "unreachable" | "certificate" | "credentials" | "other"; readonly text: string };

export type SearchResult =
  | { readonly answers: readonly Answer[]; readonly refusal?: undefined }
  | { readonly refusal: Refusal; readonly answers?: undefined };

export type SearchPlace =
  | { readonly kind: "controller" }
  | { readonly kind: "host"; readonly model: ClusterModel; readonly host: Host };

export interface Directory {
  readonly ldap: Ldap;
  readonly password: string;
  /** PEM; "" for the authorities that the host trusts. */
  readonly authority: string;
  /** Where ldapsearch runs. */
  readonly from: SearchPlace;
  readonly env: NodeJS.ProcessEnv;
}

const SECONDS = 120;
const MARK = "kube-magic:";

/** Searches one after the other on one connection; stops at the first one that cannot even bind. */
export async function search(
  { ldap, password, authority, from, env }: Directory,
  queries: readonly Query[],
): Promise<SearchResult> {
  if (queries.length === 0) return { answers: [] };
  const options = { env, seconds: SECONDS, variables: { password, authority }, asUser: true };
  const text = script(ldap, authority !== "", queries);
  const answer =
    from.kind === "controller"
      ? await askController(text, options)
      : await askHost(from.model, from.host, text, options);
  if (answer.kind === "no-answer")
    return { refusal: { kind: "host", text: answer.reason, remedy: answer.remedy } };
  if (answer.sections.has("no-tool")) return { refusal: { kind: "no-tool" } };
  if (answer.code !== 0)
    return {
      refusal: {
        kind: "host",
        text: lastLine(answer.stderr) || `exit code ${answer.code}`,
        remedy: "npm run preflight shows what is wrong with the host",
      },
    };
  return readAnswers(answer.text);
}

function script(ldap: Ldap, hasAuthority: boolean, queries: readonly Query[]): string {
  const { url } = ldap;
  return [
    "command -v ldapsearch >/dev/null 2>&1 || { section no-tool echo yes; exit 0; }",
    "d=$(mktemp -d) || exit 90",
    `trap 'rm -rf "$d"' EXIT`,
    "trap 'exit 92' HUP INT TERM",
    // printf is the shell's own: the password is in no process's arguments.
    `printf %s "$password" >"$d/password"; printf %s "$authority" >"$d/ca"; unset password`,
    "export LDAPTLS_REQCERT=demand LC_ALL=C.UTF-8",
    ...(hasAuthority ? [`export LDAPTLS_CACERT="$d/ca"`] : []),
    ...queries.map((query) => `(${ask(ldap, query)})`),
    // Only OpenSSL says in words why a certificate is refused.
    `if [ "$(cat "$d/failed" 2>/dev/null)" = connect ]; then echo "${MARK} tls"; ${tlsProbe(url, hasAuthority)}; fi`,
    "exit 0",
  ].join("\n");
}

function ask(ldap: Ldap, { base, scope, filter, attributes }: Query): string {
  const bind = ldap.bind === undefined ? [] : ["-D", ldap.bind.dn];
  const words = [
    ...["ldapsearch", "-x", "-LLL", "-H", ldap.url, ...bind],
    ...["-o", "ldif-wrap=no", "-o", "nettimeout=10", "-l", "30", "-a", "never"],
    ...(ldap.url.startsWith("ldap://") ? ["-ZZ"] : []),
    ...(scope === "base" ? [] : ["-E", "pr=500/noprompt"]),
    ...["-s", scope, "-b", base, filter, ...(attributes.length === 0 ? ["1.1"] : attributes)],
  ];
  const secret = ldap.bind === undefined ? "" : ` -y "$d/password"`;
  // Without a successful bind, later searches would fail, too.
  return [
    `test -e "$d/failed" && exit 0`,
    `echo "${MARK} begin"`,
    `${shellCommand(words.slice(0, 1))}${secret} ${shellCommand(words.slice(1))} 2>"$d/said"; code=$?`,
    `echo; echo "${MARK} end $code"; sed "s/^/${MARK} said /" "$d/said"`,
    `case $code in 255|245) echo connect >"$d/failed";; 49|48|8|13|53) echo bind >"$d/failed";; esac`,
  ].join("; ");
}

function tlsProbe(url: string, hasAuthority: boolean): string {
  const { host, port } = serverOf(url);
  const isName = /[a-z]/i.test(host) && !host.includes(":");
  const connect = `${host.includes(":") ? `[${host}]` : host}:${port}`;
  const words = [
    ...["timeout", "10", "openssl", "s_client", "-connect", connect],
    ...(url.startsWith("ldap://") ? ["-starttls", "ldap"] : []),
    ...(isName ? ["-verify_hostname", host, "-servername", host] : ["-verify_ip", host]),
    "-verify_return_error",
  ];
  return `${shellCommand(words)}${hasAuthority ? ` -CAfile "$d/ca"` : ""} </dev/null 2>&1 | head -n 60`;
}

export function serverOf(url: string): { readonly host: string; readonly port: number } {
  const { hostname, port, protocol } = new URL(url);
  return {
    host: hostname.replace(/^\[|\]$/g, ""),
    port: port === "" ? (protocol === "ldaps:" ? 636 : 389) : Number(port),
  };
}

/** Output of the script → answers. */
export function readAnswers(stdout: string): SearchResult {
  const answers: Answer[] = [];
  const [main = "", tls] = stdout.split(`${MARK} tls\n`);
  for (const part of main.split(`${MARK} begin\n`).slice(1)) {
    const [ldif = "", rest = ""] = part.split(`${MARK} end `);
    const code = Number.parseInt(rest, 10);
    const said = [...rest.matchAll(new RegExp(`^${MARK} said (.*)$`, "gm"))].map(([, line]) => line ?? "");
    const refusal = refusalOf(code, said, tls ?? "");
    if (refusal !== undefined) return { refusal };
    answers.push({ entries: parseLdif(ldif), code });
  }
  return { answers };
}

function refusalOf(code: number, said: readonly string[], tls: string): Refusal | undefined {
  const words = said
    .map((line) => line.trim())
    .join(" ")
    .replace(/^ldap_\w+(?:\(\w+\))?: /, "");
  if (code === 49) return { kind: "credentials", text: words };
  if (code === 255 || code === 245) {
    const problem = /(?:verify error:num=\d+:|Verification error: )(.+)/.exec(tls)?.[1];
    if (problem !== undefined) return { kind: "certificate", text: problem.trim() };
    const network =
      /(?:connect:errno|Connection refused|No route to host|Name or service not known|timed out|Temporary failure[^\n]*)/i.exec(
        tls,
      );
    const reason =
      /(Connection refused|No route to host|Network is unreachable|Name or service not known|timed out|Temporary failure in name resolution)/i.exec(
        tls,
      )?.[1];
    if (network !== null || tls === "") return { kind: "unreachable", text: reason ?? words };
    return { kind: "other", text: words };
  }
  // No such object (32) and size limits (4) are answers; everything else is a refusal.
  return [0, 4, 10, 32].includes(code) ? undefined : { kind: "other", text: words || `result code ${code}` };
}
