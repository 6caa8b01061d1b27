/**
 * Searches a directory with ldapsearch on a host of the cluster: where the cluster's own jobs will ask from, behind the
 * same firewalls. The password and the authority travel on standard input; on the host they are in a folder for that
 * one command, 0700, which goes away with it.
 */
import type { Ldap } from "../core/model.ts";
import { capture } from "../io/shell.ts";
import { shellWords } from "../render/connection.ts";
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
  | { readonly kind: "host"; readonly text: string }
  | { readonly kind: "unreachable" | "certificate" | "credentials" | "other"; readonly text: string };

export type SearchResult =
  | { readonly answers: readonly Answer[]; readonly refusal?: undefined }
  | { readonly refusal: Refusal; readonly answers?: undefined };

export interface Directory {
  readonly ldap: Ldap;
  readonly password: string;
  /** PEM; "" for the authorities that the host trusts. */
  readonly authority: string;
  /** Words before `sh`, such as an ssh command; empty: this machine. */
  readonly ssh: readonly string[];
  readonly env: NodeJS.ProcessEnv;
}

const TIMEOUT_MS = 120_000;
const NO_TOOL = 91;
const MARK = "kube-magic:";

/** Linux takes 128 KiB for one argument. */
const LONGEST_SCRIPT = 90_000;

/** In as few sessions as possible; stops at the first search that cannot even bind. */
export async function search(directory: Directory, queries: readonly Query[]): Promise<SearchResult> {
  const answers: Answer[] = [];
  for (let rest = queries; rest.length > 0; ) {
    let count = rest.length;
    while (count > 1 && scriptFor(directory, rest.slice(0, count)).length > LONGEST_SCRIPT)
      count = Math.ceil(count / 2);
    const result = await session(directory, rest.slice(0, count));
    if (result.refusal !== undefined) return result;
    answers.push(...result.answers);
    rest = rest.slice(count);
  }
  return { answers };
}

async function session(directory: Directory, queries: readonly Query[]): Promise<SearchResult> {
  const { ssh, password, authority, env } = directory;
  const text = scriptFor(directory, queries);
  const argv = ssh.length === 0 ? ["sh", "-c", text] : [...ssh, shellWords(["sh", "-c", text])];
  const { code, stdout, stderr } = await capture(argv as [string, ...string[]], {
    env,
    input: `${password}\n${authority}`,
    timeoutMs: TIMEOUT_MS,
  });
  if (code === NO_TOOL) return { refusal: { kind: "no-tool" } };
  const said = stderr.trim().split("\n").at(-1) ?? "";
  if (code !== 0)
    return { refusal: { kind: "host", text: said || `no answer within ${TIMEOUT_MS / 1000} s` } };
  return readAnswers(stdout);
}

function scriptFor({ ldap, authority }: Directory, queries: readonly Query[]): string {
  return script(ldap, authority !== "", queries);
}

function script(ldap: Ldap, hasAuthority: boolean, queries: readonly Query[]): string {
  const { url } = ldap;
  return [
    "umask 077",
    `command -v ldapsearch >/dev/null 2>&1 || exit ${NO_TOOL}`,
    "d=$(mktemp -d) || exit 90",
    `trap 'rm -rf "$d"' EXIT`,
    "trap 'exit 92' HUP INT TERM",
    // printf is the shell's own: the password is in no process's arguments.
    `IFS= read -r password; printf %s "$password" >"$d/password"; unset password; cat >"$d/ca"`,
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
  // With no bind there is nothing that later searches could do.
  return [
    `test -e "$d/failed" && exit 0`,
    `echo "${MARK} begin"`,
    `${shellWords(words.slice(0, 1))}${secret} ${shellWords(words.slice(1))} 2>"$d/said"; code=$?`,
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
  return `${shellWords(words)}${hasAuthority ? ` -CAfile "$d/ca"` : ""} </dev/null 2>&1 | head -n 60`;
}

export function serverOf(url: string): { readonly host: string; readonly port: number } {
  const { hostname, port, protocol } = new URL(url);
  return {
    host: hostname.replace(/^\[|\]$/g, ""),
    port: port === "" ? (protocol === "ldaps:" ? 636 : 389) : Number(port),
  };
}

/** What the script printed → answers. */
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
  // 32 and size limits are answers to a search; what forbids or confuses is a refusal.
  return [0, 4, 10, 32].includes(code) ? undefined : { kind: "other", text: words || `result code ${code}` };
}
