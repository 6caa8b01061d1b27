/** Failures on hosts as one error, with the next command. */
import {
  EXIT,
  GateError,
  InputError,
  InterruptedError,
  type KubeMagicError,
  LockedError,
  PhaseError,
} from "../core/errors.ts";
import type { Outcome, Unsuccessful } from "./program.ts";

/** Kind of failure, as the program on the host names it → remedy. */
export const REMEDIES: Readonly<Record<string, string>> = {
  busy: "wait until it has ended; pgrep -af kube-magic-backup on the host shows it",
  "repository-locked":
    "wait until the other process has ended; the lock of a process that has died is removed automatically",
  "password-missing":
    "npm run deploy:post -- --tags backup copies it again from build/<cluster>/custom/credentials/backup_password",
  "wrong-password":
    "write the right one into build/<cluster>/custom/credentials/backup_password, then npm run deploy:post -- --tags backup",
  "repository-missing":
    "mount its disk, or restore it; to start a new repository, remove /var/lib/kube-magic/backup/repository-id on the host, then npm run deploy:post -- --tags backup",
  "repository-other":
    "mount the right disk; to use this repository from now on, remove /var/lib/kube-magic/backup/repository-id on the host, then npm run deploy:post -- --tags backup",
  "repository-damaged": "follow docs/backups.md, A damaged repository",
  "repository-full": "free space on the backup host; older backups are intact",
  unreachable: "npm run preflight shows which hosts answer; the host itself must reach an object store",
  "access-denied":
    "correct accessKeyId and secretAccessKey in backup.repository, then npm run deploy:post -- --tags backup",
  certificate:
    "add the certificate authority of the object store to the trusted ones of the host (update-ca-certificates, update-ca-trust)",
  "host-key":
    "if the backup host was reinstalled: npm run deploy:post -- --tags backup pins its new keys; if it was not, another machine answers in its place: check the network",
  "disk-full": "free some space on it; older backups are intact and none was removed",
  etcd: "npm run etcd:status, or systemctl status etcd on the host",
  "etcd-snapshot":
    "npm run backup:run makes a new one; older backups may be good: npm run backup:list -- HOST",
  manifest: "npm run backup:verify -- --read-data reads all of it",
  "no-snapshot": "npm run backup:list -- HOST shows the backups",
  "target-exists": "choose a new folder",
};

export function unsuccessful(outcomes: readonly Outcome<unknown>[]): readonly Unsuccessful[] {
  return outcomes.filter((outcome): outcome is Unsuccessful => outcome.kind !== "done");
}

/** @throws one error for all failures, with the exit code of the worst one. */
export function requireSuccess(what: string, outcomes: readonly Outcome<unknown>[]): void {
  const bad = unsuccessful(outcomes);
  if (bad.length > 0) throw errorOf(what, bad, outcomes.length);
}

export function errorOf(what: string, bad: readonly Unsuccessful[], all: number): KubeMagicError {
  const codes = bad.map(codeOf);
  const worst = [EXIT.interrupted, EXIT.phase, EXIT.gate, EXIT.locked, EXIT.input].find((code) =>
    codes.includes(code),
  );
  const Kind = CLASSES[worst ?? EXIT.phase] ?? PhaseError;
  const [first] = bad;
  const output = bad.map(
    (one) => `  ${one.host}: ${one.kind === "failed" ? `${one.failure}: ` : ""}${one.message}`,
  );
  const message =
    all === 1 ? `${what} of ${first?.host} failed` : `${what} failed on ${bad.length} of ${all} hosts`;
  return new Kind(message, { output: output.join("\n"), remedy: remedyOf(bad) });
}

const CLASSES: Readonly<
  Record<number, new (...args: ConstructorParameters<typeof PhaseError>) => KubeMagicError>
> = {
  [EXIT.interrupted]: InterruptedError,
  [EXIT.phase]: PhaseError,
  [EXIT.gate]: GateError,
  [EXIT.locked]: LockedError,
  [EXIT.input]: InputError,
};

function codeOf(one: Unsuccessful): number {
  if (one.kind === "silent") return one.why === "stopped" ? EXIT.interrupted : EXIT.gate;
  return CLASSES[one.code] === undefined ? EXIT.phase : one.code;
}

function remedyOf(bad: readonly Unsuccessful[]): string {
  for (const one of bad) {
    if (one.kind === "silent") return one.remedy;
    const known = REMEDIES[one.failure];
    if (known !== undefined) return known;
  }
  return "journalctl -u kube-magic-backup on the host shows the details; docs/backups.md explains each failure";
}
