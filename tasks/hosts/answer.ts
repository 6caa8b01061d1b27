/** What comes back from a host: the output of a script, or why there is none. */
import type { Host } from "../core/model.ts";
import { sshAddress } from "../core/ssh.ts";

/** What one `section NAME COMMAND…` of a script printed, both streams together, and how it ended. */
export interface Section {
  readonly code: number;
  readonly text: string;
}

/** The script ran to its end, well or not. */
export interface Ran {
  readonly kind: "ran";
  /** Its own exit code. */
  readonly code: number;
  readonly sections: ReadonlyMap<string, Section>;
  /** Standard output outside of sections. */
  readonly text: string;
  readonly stderr: string;
}

/** There is no answer, or only a part of one. */
export interface NoAnswer {
  readonly kind: "no-answer";
  /**
   * `unreachable`: ssh did not get in. `not-root`: the user may not become root. `timeout`: it took too long. `broken`: the
   * connection or the script ended in the middle. `stopped`: we ended it. After the last three it may have changed something.
   */
  readonly why: "unreachable" | "not-root" | "timeout" | "broken" | "stopped";
  /** In plain words, without the host's name. */
  readonly reason: string;
  /** What to do, as a command where there is one. */
  readonly remedy: string;
}

export type HostAnswer = Ran | NoAnswer;

/** How far a command on a host came, as its marks and ssh's end tell. */
export interface Attempt {
  /** Absent: this machine. */
  readonly host: Host | undefined;
  /** The command began. */
  readonly began: boolean;
  /** ssh's exit code. */
  readonly code: number;
  readonly stderr: string;
  readonly timedOut: boolean;
  readonly stopped: boolean;
  /** Seconds that it was allowed. */
  readonly seconds?: number;
}

/** ssh's own failures; `sudo` and the shell have other exit codes. */
const SSH_FAILED = 255;
const PREFLIGHT = "npm run preflight shows what is wrong with the host";

/** Why a command that did not come to its end did not. */
export function noAnswer(attempt: Attempt): NoAnswer {
  const { host, began, code, stderr, timedOut, stopped, seconds } = attempt;
  const said = code === SSH_FAILED ? lastLine(stderr).replace(/^ssh: /, "") : lastLine(stderr);
  const because = (why: NoAnswer["why"], reason: string, remedy = PREFLIGHT): NoAnswer => ({
    kind: "no-answer",
    why,
    reason,
    remedy,
  });
  if (stopped) return because("stopped", "stopped before it had ended", "repeat the command");
  if (timedOut)
    return because("timeout", began ? `did not end within ${seconds} s` : `no answer within ${seconds} s`);
  if (began)
    return because(
      "broken",
      code === SSH_FAILED
        ? `the SSH connection broke${said === "" ? "" : `: ${said}`}`
        : `the script was ended on the host (exit code ${code})`,
    );
  if (host !== undefined && code !== SSH_FAILED && /sudo/.test(said))
    return because(
      "not-root",
      `the user ${host.ssh.user} may not become root without a password: ${said}`,
      `allow it on ${host.name}: echo '${host.ssh.user} ALL=(ALL) NOPASSWD: ALL' >/etc/sudoers.d/kube-magic`,
    );
  return because(
    "unreachable",
    said === "" ? `no shell started (exit code ${code})` : said,
    host === undefined ? PREFLIGHT : remedyFor(said, host),
  );
}

function remedyFor(said: string, host: Host): string {
  const address = sshAddress(host);
  if (/^ssh: not found/.test(said)) return "install it: apt-get install openssh-client";
  if (/Permission denied/.test(said))
    return `check ssh.user and ssh.privateKeyFile of ${host.name}: ssh ${host.ssh.user}@${address}`;
  if (/Host key verification failed/.test(said))
    return `if ${host.name} was reinstalled, forget its old key: ssh-keygen -R ${address}`;
  return PREFLIGHT;
}

/** The last line that says something; "" when there is none. */
export function lastLine(text: string): string {
  return text.trimEnd().split("\n").at(-1)?.trim() ?? "";
}
