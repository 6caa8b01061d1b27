/** The program that runs on hosts, where it needs neither restic nor etcd; and the check for monitoring. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { repositoryRoot } from "../../../tasks/core/paths.ts";

const FILES = join(repositoryRoot(), "custom", "roles", "backup", "files");
const folder = mkdtempSync(join(tmpdir(), "kube-magic-backup-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function python(code: string, ...args: string[]): string {
  const run = spawnSync("python3", ["-B", "-c", code, ...args], {
    encoding: "utf8",
    env: { ...process.env, PYTHONPATH: join(FILES, "backup") },
  });
  if (run.status !== 0) throw new Error(run.stderr);
  return run.stdout;
}

describe("restic's troubles", () => {
  test.each([
    [
      1,
      "unable to create lock in backend: repository is already locked exclusively by PID 7 on h",
      "repository-locked",
    ],
    [11, "", "repository-locked"],
    [1, "Fatal: wrong password or no key found", "wrong-password"],
    [1, "write /x: no space left on device", "disk-full"],
    [1, "Host key verification failed.\nunable to start the sftp session", "host-key"],
    [1, "ssh: connect to host 192.0.2.1 port 22: Connection refused", "unreachable"],
    [10, "Fatal: repository does not exist", "repository-missing"],
    [
      1,
      "Fatal: unable to open config file: stat /b/config: no such file\nIs there a repository at the following location?",
      "repository-missing",
    ],
    [1, "Pack ID does not match, want 1, got 2\nFatal: repository contains errors", "repository-damaged"],
    [1, 'sftp: "Failure" (SSH_FX_FAILURE)', "repository-full"],
    [
      1,
      "Fatal: unable to open config file: Stat: The Access Key Id you provided does not exist",
      "access-denied",
    ],
    [1, "client.PutObject: Access Denied.", "access-denied"],
    [1, "something new", "restic"],
  ])("exit code %i: %s", (code, said, kind) => {
    expect(
      python(
        "import sys, repository; print(repository.classify(int(sys.argv[1]), sys.argv[2]), end='')",
        String(code),
        said,
      ),
    ).toBe(kind);
  });
});

test("a manifest survives names of any kind, in the form that sha256sum reads", () => {
  const script = `
import collect, os, subprocess, sys
root = os.path.join(sys.argv[1], "tree"); os.makedirs(root)
names = ["plain", "with  two blanks", "back\\\\slash", "new\\nline", "back\\\\nslash-n", "-dash", "ümlaut"]
for name in names: open(os.path.join(root, name), "w").write(name)
text = collect.manifest_text({name: collect.sha256(os.path.join(root, name)) for name in names})
open(os.path.join(root, collect.MANIFEST), "w").write(text)
assert sorted(collect.parse_manifest(text)) == sorted(names), collect.parse_manifest(text)
print(collect.check_tree(root), subprocess.run(["sha256sum", "--check", "--quiet", collect.MANIFEST], cwd=root).returncode)
`;
  expect(python(script, folder)).toBe("7 0\n");
});

test("a file in parts is the same when it is put together, and a grown one keeps its parts", () => {
  const script = `
import os, parts, sys
root = sys.argv[1]; os.makedirs(os.path.join(root, "etcd"))
for size in (0, 1, parts.SMALLEST, parts.SMALLEST + 1, 700001):
    data = os.urandom(size); path = os.path.join(root, "etcd", "s.db")
    open(path, "wb").write(data)
    names = parts.split(root, "etcd/s.db")
    assert not os.path.exists(path) and {parts.whole(name) for name in names} <= {"etcd/s.db"}
    parts.join(root)
    assert open(path, "rb").read() == data, size
assert parts.whole("files/opt/x.parts/00000") == "files/opt/x.parts/00000"
assert parts.part_size(8 << 30) * parts.MOST >= 8 << 30
assert parts.part_size(100 << 20) == parts.part_size(101 << 20)
`;
  python(script, join(folder, "parts"));
});

test("a snapshot of etcd that is cut off or changed has no checksum", () => {
  const script = `
import etcd, hashlib, os, sys
path = os.path.join(sys.argv[1], "snapshot"); data = os.urandom(8192)
def check(content):
    open(path, "wb").write(content); return etcd.has_checksum(path)
whole = data + hashlib.sha256(data).digest()
flipped = bytes([whole[0] ^ 1]) + whole[1:]
print(check(whole), check(whole[:-512]), check(whole[:-1]), check(data), check(flipped), check(b""))
`;
  expect(python(script, folder)).toBe("True False False False False False\n");
});

describe("the check for monitoring", () => {
  const now = 1_800_000_000;
  const ended = (secondsAgo: number, result = "ok") => ({
    attempt: {
      started: now - secondsAgo,
      ended: now - secondsAgo,
      result,
      kind: "disk-full",
      message: "no space",
    },
    success: { started: now - secondsAgo, ended: now - secondsAgo, files: 3, bytes: 5 },
  });
  const run = (...statuses: (object | string)[]) => {
    const flags = statuses.flatMap((status, index) => {
      const file = join(folder, `status-${index}`);
      writeFileSync(
        file,
        typeof status === "string" ? status : JSON.stringify({ version: 1, written: now, ...status }),
      );
      return ["--status", file];
    });
    const done = spawnSync(
      "python3",
      ["-B", join(FILES, "check_kube_magic_backup"), "--now", String(now), ...flags],
      { encoding: "utf8" },
    );
    return { code: done.status, said: done.stdout };
  };
  test.each([
    [
      0,
      "OK - backup 1 h old, 3 files | age=3600s;;93600;0 bytes=5B",
      { backup: ended(3600), drill: ended(86_400) },
    ],
    [1, "WARNING - no restore drill", { backup: ended(3600) }],
    [
      1,
      "WARNING - the latest good restore drill is 9 d old",
      { backup: ended(3600), drill: ended(9 * 86_400) },
    ],
    [
      2,
      "CRITICAL - the latest good backup is 27 h old, allowed are 26 h",
      { backup: ended(27 * 3600), drill: ended(1) },
    ],
    [2, "CRITICAL - backup failed (disk-full): no space", { backup: ended(60, "failed"), drill: ended(1) }],
    [2, "CRITICAL - no backup has ended well yet", {}],
    [
      2,
      "has not ended",
      { backup: { ...ended(60), attempt: { started: now - 90_000, result: "running" } }, drill: ended(1) },
    ],
    [2, "CRITICAL - restore drill failed", { backup: ended(60), drill: ended(60, "failed") }],
    [
      1,
      "WARNING - old backups are not removed",
      { backup: ended(60), drill: ended(60), retention: ended(60, "failed") },
    ],
    [3, "UNKNOWN", { version: 2 }],
    [3, "UNKNOWN", "{ half"],
  ])("%i: %s", (code, said, status) => {
    const done = run(status);
    expect(done.said).toContain(said);
    expect(done.code).toBe(code);
  });
  test("takes the newest of several, so that news from a full disk is heard", () => {
    const spare = { written: now + 1, backup: ended(1, "failed"), drill: ended(1) };
    expect(run({ backup: ended(3600), drill: ended(1) }, spare).said).toContain("disk-full");
    expect(run(spare, { written: now + 2, backup: ended(3600), drill: ended(1) }).code).toBe(0);
  });
});
