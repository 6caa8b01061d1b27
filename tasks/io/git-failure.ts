/** What git says when it fails, in words for people. */

/** git ended with an error; `reason` and `remedy` are for people, the message holds what git said. */
export class GitFailure extends Error {
  readonly reason: string;
  readonly remedy: string | undefined;

  constructor(output: string, cause: unknown) {
    super(output.trim(), { cause });
    const [reason, remedy] = explain(output);
    this.reason = reason;
    this.remedy = remedy;
  }
}

/** What git says → what it means and what to do. The first pattern that fits. */
const EXPLANATIONS: readonly (readonly [pattern: RegExp, reason: string, remedy: string])[] = [
  [
    /No space left on device|ENOSPC|Out of diskspace|disk quota exceeded/i,
    "no space left on the disk",
    "free some space and repeat the command",
  ],
  [
    /CONNECT tunnel failed|Proxy CONNECT|Received HTTP code \d+ from proxy|response 407/i,
    "the proxy refused the connection",
    "correct the proxy (HTTPS_PROXY, or git config http.proxy), or fetch from a mirror: --mirror DIR|URL",
  ],
  [
    /Could not resolve proxy/i,
    "the proxy's name does not resolve",
    "correct the proxy (HTTPS_PROXY, or git config http.proxy), or fetch from a mirror: --mirror DIR|URL",
  ],
  [
    /Could not resolve host|Name or service not known|Temporary failure in name resolution/i,
    "the server's name does not resolve: the network or DNS is down",
    "check the network, or fetch from a mirror: --mirror DIR|URL",
  ],
  [
    /Failed to connect|Connection refused|Connection timed out|Network is unreachable|No route to host|Couldn't connect/i,
    "the server does not answer",
    "check the network and the proxy (HTTPS_PROXY), or fetch from a mirror: --mirror DIR|URL",
  ],
  [
    /SSL certificate problem|certificate verify failed|server certificate verification failed/i,
    "the server's certificate is not trusted",
    "name the authority that signed it: GIT_SSL_CAINFO=/path/to/ca.pem",
  ],
  [
    /Authentication failed|could not read Username|Permission denied \(publickey|terminal prompts disabled|error: 403|error: 401/i,
    "the server asks for credentials",
    "configure a git credential helper or an SSH key for it, or fetch from a mirror: --mirror DIR|URL",
  ],
  [
    /dubious ownership/i,
    "the repository belongs to another user",
    "allow it: git config --global --add safe.directory DIR, or have it owned by the user who runs this",
  ],
  [
    /not our ref|couldn't find remote ref|remote error: upload-pack|unadvertised object/i,
    "the repository does not have that commit",
    "update the mirror, or correct the commit in vendor/vendor.yml",
  ],
  [
    /does not appear to be a git repository|repository .*not found|does not exist/i,
    "the repository does not exist",
    "correct the URL or the mirror",
  ],
  [
    /bad object|is corrupt|did not send all necessary objects|inflate|packfile|unable to read|missing blob|missing tree|object file|early EOF|unexpected disconnect|hash mismatch|SHA1 COLLISION/i,
    "the repository is damaged or incomplete",
    "check it with git fsck, make a new mirror, or fetch from the original",
  ],
  [
    /unable to (?:write|create) file|Read-only file system/i,
    "a file could not be written: the disk is full, or not writable",
    "check the disk and the owner of vendor/",
  ],
  [/ENOENT.*git|spawn git/i, "git is not installed", "apt-get install git"],
];

function explain(output: string): readonly [reason: string, remedy: string | undefined] {
  for (const [pattern, reason, remedy] of EXPLANATIONS) if (pattern.test(output)) return [reason, remedy];
  const lines = output.trim().split("\n");
  return [lines.find((line) => /^(?:fatal|error):/.test(line)) ?? lines.at(-1) ?? "git failed", undefined];
}
