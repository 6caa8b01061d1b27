/** What went wrong on hosts, as one error with the next thing to type. */
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

/** Kind of failure, as the program on the host calls it → what helps. */
export const REMEDIES: Readonly<Record<string, string>> = {
  busy: "wait for it; kube-magic-backup on the host names the process",
  "repository-locked": "wait for whoever holds it; a lock whose owner died is removed by itself",
  "password-missing":
    "npm run deploy:post -- --tags backup puts it back from build/<cluster>/custom/credentials/backup_password",
  "wrong-password":
    "put the right one into build/<cluster>/custom/credentials/backup_password, then npm run deploy:post -- --tags backup",
  "repository-missing":
    "mount its disk or bring it back; to begin a new one, remove /var/lib/kube-magic/backup/repository-id on the host and deploy again",
  "repository-other":
    "mount the right disk; to go on with this one, remove /var/lib/kube-magic/backup/repository-id on the host and deploy again",
  "repository-damaged": "docs/backups.md: A damaged repository",
  "repository-full": "free space on the backup host; older backups are intact",
  unreachable: "npm run preflight shows which hosts answer; an object store is asked from the host itself",
  "access-denied":
    "correct accessKeyId and secretAccessKey in backup.repository, then npm run deploy:post -- --tags backup",
  certificate:
    "add the authority of the object store to the host's own (update-ca-certificates, update-ca-trust)",
  "host-key":
    "if the backup host was reinstalled: npm run deploy:post -- --tags backup pins its new keys; if not, somebody stands in between",
  "disk-full": "free space there; older backups are intact and none was removed",
  etcd: "npm run etcd:status, or systemctl status etcd on the host",
  "etcd-snapshot": "the older backups may be good: npm run backup:list -- HOST; then npm run backup:run",
  manifest: "npm run backup:verify -- --read-data reads all of it",
  "no-snapshot": "npm run backup:list -- HOST shows what there is",
  "target-exists": "name a new folder",
};

export function unsuccessful(outcomes: readonly Outcome<unknown>[]): readonly Unsuccessful[] {
  return outcomes.filter((outcome): outcome is Unsuccessful => outcome.kind !== "done");
}

/** @throws the one error that fits all of them best, when there is any. */
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
  return "journalctl -u kube-magic-backup on the host has more; docs/backups.md explains each failure";
}
