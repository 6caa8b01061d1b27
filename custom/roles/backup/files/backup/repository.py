"""restic, with its failures by kind."""

import json
import os
import re
import shlex
import subprocess
import tempfile
import threading
import time

from failure import Failure, last_line
from reach import reach

TAG = "kube-magic"

# restic tries again for a quarter of an hour, also what no time mends.
HOPELESS = re.compile(r"retrying after \S+: (.*(?:bucket does not exist|access denied|access key|signature).*)", re.I)

# In this order: the first that is found in restic's output counts. Exit codes for some of them exist since 0.17.
SIGNS = (
    ("repository-locked", 11, r"already locked|unable to create lock"),
    ("wrong-password", 12, r"wrong password or no key found"),
    ("disk-full", None, r"no space left on device|disk quota exceeded"),
    ("access-denied", None, r"access denied|invalidaccesskeyid|signaturedoesnotmatch|access key id you provided"),
    ("host-key", None, r"host key verification failed|remote host identification has changed"),
    (
        "unreachable",
        None,
        (
            r"connection refused|connection timed out|no route to host|could not resolve|permission denied \(publickey"
            r"|connection closed by|server unexpectedly closed|no such host|connection reset"
        ),
    ),
    (
        "repository-missing",
        10,
        r"is there a repository at|repository does not exist|config file does not exist|stat .*/config|bucket does not exist",
    ),
    (
        "repository-damaged",
        None,
        (
            r"repository contains errors|does not match|ciphertext verification failed|invalid data returned|damaged"
            r"|unexpected eof|not found in (index|repository)|does not exist in|id mismatch|hash mismatch"
        ),
    ),
    ("repository-full", None, r"ssh_fx_failure|sftp: \"failure\""),
)
MEANING = {
    "repository-locked": "another process has locked the repository",
    "wrong-password": "the repository has another password",
    "disk-full": "no space left on the disk",
    "access-denied": "the object store refuses the access key",
    "host-key": "the backup host shows another host key than the one that was pinned",
    "unreachable": "the repository cannot be reached",
    "repository-missing": "there is no repository in its place",
    "repository-damaged": "the repository is damaged",
    "repository-full": "the backup host refuses to store more, most often because its disk is full",
    "restic": "restic failed",
}


def classify(code, said):
    text = said.lower()
    for kind, exit_code, pattern in SIGNS:
        if code == exit_code or re.search(pattern, text):
            return kind
    return "restic"


class Repository:
    def __init__(self, settings, say=lambda message: None):
        self.settings = settings
        self.say = say
        self.is_reached = False

    def environment(self):
        if not os.path.isfile(self.settings.password_file):
            raise Failure("password-missing", f"the repository's password is missing: {self.settings.password_file}")
        return {
            **self.settings.environment,
            **self.settings.repository["environment"],
            "RESTIC_REPOSITORY": self.settings.repository["url"],
            "RESTIC_PASSWORD_FILE": self.settings.password_file,
            "RESTIC_CACHE_DIR": self.settings.place("cache"),
            "RESTIC_PROGRESS_FPS": "0.5",
        }

    def argv(self, words):
        options = [word for option in self.settings.repository["options"] for word in ("-o", option)]
        return ["restic", *options, *words]

    def start(self, *words, stderr=subprocess.PIPE, cwd=None):
        if not self.is_reached:
            reach(self.settings.repository["url"])
            self.is_reached = True
        try:
            return subprocess.Popen(
                self.argv(words),
                env=self.environment(),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=stderr,
                text=True,
                errors="surrogateescape",
                cwd=cwd,
            )
        except FileNotFoundError as error:
            raise Failure("restic", "restic is not installed on this host") from error

    def start_binary(self, *words):
        """Its standard output as bytes, for an archive."""
        return subprocess.Popen(
            self.argv(words),
            env=self.environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

    def once(self, *words):
        process = self.start(*words)
        said = []

        def listen():
            for line in process.stderr:
                said.append(line)
                if HOPELESS.search(line):
                    process.terminate()

        listener = threading.Thread(target=listen)
        listener.start()
        out = process.stdout.read()
        code = process.wait()
        listener.join()
        if code != 0:
            raise self.failed(code, "".join(said) + out, words[0])
        return out

    def failed(self, code, said, what):
        """The failure behind restic's output. It does not always include the reason of ssh: then ssh is asked."""
        kind = classify(code, said)
        if kind == "unreachable":
            said += self.ssh_says()
            kind = classify(code, said)
        return Failure(kind, f"{MEANING[kind]} (restic {what}: {telling_line(said)})")

    def ssh_says(self):
        """What ssh has against the way to the repository; empty where there is none."""
        commands = [
            option.partition("=")[2]
            for option in self.settings.repository["options"]
            if option.startswith("sftp.command=")
        ]
        if not commands:
            return ""
        try:
            return subprocess.run(
                shlex.split(commands[0]),
                env=self.environment(),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                text=True,
                errors="replace",
                timeout=30,
            ).stderr
        except (OSError, subprocess.TimeoutExpired):
            return ""

    def run(self, *words, once=None):
        """Waits for a lock that is alive; one whose owner has died is removed, which restic itself decides."""
        attempt = once or self.once
        deadline = time.monotonic() + self.settings.lock_wait_seconds
        told = False
        while True:
            try:
                return attempt(*words)
            except Failure as failure:
                if failure.kind != "repository-locked":
                    raise
                if self.unlock():
                    self.say("removed a lock whose owner had died")
                    continue
                if time.monotonic() >= deadline:
                    raise
                if not told:
                    self.say(f"waiting: {failure}")
                    told = True
            time.sleep(min(5, max(0.5, deadline - time.monotonic())))

    def unlock(self):
        """True when a lock was removed: its owner died, or did not refresh it for half an hour."""
        before = self.locks()
        process = self.start("unlock")
        process.communicate()
        return process.returncode == 0 and self.locks() != before

    def locks(self):
        process = self.start("list", "locks", "--no-lock")
        return process.communicate()[0]

    def identity(self):
        """The id that a repository gets when it is made; also the question whether we can open it."""
        return json.loads(self.run("cat", "config", "--no-lock"))["id"]

    def require(self):
        """Never backs up into a repository that is not the one that was set up: a disk may not be mounted."""
        found = self.identity()
        expected = read_text(self.settings.place("repository-id"))
        if expected and expected != found:
            raise Failure("repository-other", f"this is another repository ({found[:8]}) than before ({expected[:8]})")

    def init(self):
        """True when it was made now. A repository that was there before and is gone is never replaced by an empty one."""
        marker = self.settings.place("repository-id")
        try:
            self.require()
            made = False
        except Failure as failure:
            if failure.kind != "repository-missing" or read_text(marker):
                raise
            self.once("init")
            made = True
        if not read_text(marker):
            with open(marker, "w", encoding="utf-8") as file:
                file.write(self.identity() + "\n")
        return made

    def backup(self, run_id):
        """Stores the staging folder; returns restic's own summary."""
        words = ["backup", "--json", "--host", self.settings.host, "--tag", TAG, "--tag", f"run={run_id}"]
        # A relative path: the content of the folder is at the top of the backup.
        return self.run(*words, ".", once=self.backup_once)

    def backup_once(self, *words):
        with tempfile.TemporaryFile("w+", errors="replace") as errors:
            process = self.start(*words, stderr=errors, cwd=self.settings.stage)
            summary = self.follow(process.stdout)
            if process.wait() != 0:
                errors.seek(0)
                raise self.failed(process.returncode, errors.read(), "backup")
        if summary is None or not summary.get("snapshot_id"):
            raise Failure("restic", "restic said nothing of a new snapshot")
        return summary

    def follow(self, lines):
        """Passes on how far it is, every other second; returns the summary at the end."""
        summary = None
        shown = time.monotonic()
        for line in lines:
            message = parse(line)
            if message.get("message_type") == "summary":
                summary = message
            elif message.get("message_type") == "status" and time.monotonic() - shown > 2:
                shown = time.monotonic()
                self.say(f"storing: {message.get('percent_done', 0):.0%}")
        return summary

    def snapshots(self, which="all"):
        """Of this host, oldest first."""
        words = ["snapshots", "--json", "--no-lock", "--host", self.settings.host, "--tag", TAG]
        found = json.loads(self.run(*words) or "[]") or []
        found.sort(key=lambda snapshot: snapshot["time"])
        if which == "all":
            return found
        if which == "latest":
            chosen = found[-1:]
        else:
            chosen = [snapshot for snapshot in found if len(which) >= 4 and snapshot["id"].startswith(which)]
        if len(chosen) != 1:
            what = "this host has no backup yet" if not found else f"no backup {which}: backup:list shows them"
            raise Failure("no-snapshot", what)
        return chosen

    def forget(self, keep):
        """Removes backups that the keep rules do not keep, and their data. Returns how many were kept and removed."""
        rules = [word for unit, count in sorted(keep.items()) if count > 0 for word in (f"--keep-{unit}", str(count))]
        words = [
            "forget",
            "--json",
            "--prune",
            "--group-by",
            "host",
            "--host",
            self.settings.host,
            "--tag",
            TAG,
            *rules,
        ]
        out = self.run(*words)
        groups = parse(next((line for line in out.splitlines() if line.startswith("[")), "[]"), [])
        kept = sum(len(group.get("keep") or []) for group in groups)
        return kept, sum(len(group.get("remove") or []) for group in groups)

    def restore(self, snapshot, target, names=()):
        """All of a backup, or some names in it, into `target`."""
        includes = [word for name in names for word in ("--include", "/" + re.sub(r"([*?\\[])", r"\\\1", name))]
        self.run("restore", snapshot["id"], "--target", target, *includes)

    def check(self, read_data):
        self.run(
            "check",
            *(["--read-data"] if read_data == "all" else [f"--read-data-subset={read_data}"] if read_data else []),
        )


def telling_line(said):
    """restic ends with hints; the reason follows the word Fatal."""
    plain = [parse(line).get("message") or line for line in said.splitlines()]
    hopeless = [found[1] for found in map(HOPELESS.search, plain) if found]
    if hopeless:
        return hopeless[0]
    fatal = [line for line in plain if line.startswith("Fatal:")]
    return (fatal[0] if fatal else last_line("\n".join(plain))).strip()


def parse(line, otherwise=None):
    try:
        return json.loads(line)
    except ValueError:
        return {} if otherwise is None else otherwise


def read_text(path):
    try:
        with open(path, encoding="utf-8") as file:
            return file.read().strip()
    except OSError:
        return ""
