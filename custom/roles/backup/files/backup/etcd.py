"""
A checked snapshot of the local etcd member: its checksum, its keys and their hash are recorded,
and the drill finds the same in an etcd that it starts from the snapshot.
"""

import contextlib
import ctypes
import hashlib
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import time

from failure import Failure, last_line

CHECKSUM = hashlib.sha256().digest_size
TIMEOUT_SECONDS = 3600


class Member:
    """The member of this host, as its own environment file describes it (kubespray: /etc/etcd.env)."""

    def __init__(self, settings):
        self.settings = settings
        found = [path for path in settings.etcd["env_files"] if os.path.isfile(path)]
        if not found:
            raise Failure("etcd", f"no {' or '.join(settings.etcd['env_files'])}: this host has no etcd to save")
        self.file = found[0]
        self.values = read_env(self.file)

    def client(self, endpoint=None):
        """Environment for etcdctl; kubespray writes its settings beside those of the member."""
        own = self.values
        endpoints = own.get("ETCDCTL_ENDPOINTS") or own.get("ETCD_ADVERTISE_CLIENT_URLS", "")
        tls = {
            "ETCDCTL_CACERT": own.get("ETCDCTL_CACERT") or own.get("ETCD_TRUSTED_CA_FILE"),
            "ETCDCTL_CERT": own.get("ETCDCTL_CERT") or own.get("ETCD_CERT_FILE"),
            "ETCDCTL_KEY": own.get("ETCDCTL_KEY") or own.get("ETCD_KEY_FILE"),
        }
        chosen = endpoint or endpoints.split(",")[0]
        if not chosen:
            raise Failure("etcd", f"{self.file} names no ETCDCTL_ENDPOINTS")
        secure = {key: value for key, value in tls.items() if value} if chosen.startswith("https") else {}
        return {**self.settings.environment, "ETCDCTL_API": "3", "ETCDCTL_ENDPOINTS": chosen, **secure}

    def ctl(self, *words, endpoint=None, timeout=TIMEOUT_SECONDS):
        return call(["etcdctl", *words], self.client(endpoint), timeout)

    def ask(self, *words, endpoint=None):
        return json.loads(
            self.ctl("--dial-timeout=10s", "--command-timeout=60s", *words, "-w", "json", endpoint=endpoint)
        )

    def database_size(self):
        return self.ask("endpoint", "status")[0]["Status"].get("dbSize", 0)

    def facts(self, revision, endpoint=None):
        """Number of keys and their hash at a revision, from this one member: it needs no quorum."""
        # etcd reads revision 0 as now; a database that was never written to is at 1.
        at = f"--rev={max(revision, 1)}"
        # etcdctl shows a count in this form only.
        shown = self.ctl(
            "get", "", "--prefix", "--count-only", "--consistency=s", at, "-w", "fields", endpoint=endpoint
        )
        hashed = self.ask("endpoint", "hashkv", at, endpoint=endpoint)[0]["HashKV"]
        return {
            "keys": int(re.search(r'"Count" : (\d+)', shown).group(1)),
            "hash_kv": hashed["hash"],
            "compact_revision": hashed.get("compact_revision", -1),
        }


def read_env(path):
    values = {}
    with open(path, encoding="utf-8") as file:
        for line in file:
            name, sign, value = line.strip().partition("=")
            if sign and not name.startswith("#"):
                values[name.strip()] = value.strip().strip("\"'")
    return values


def call(argv, environment, timeout):
    try:
        done = subprocess.run(argv, env=environment, capture_output=True, text=True, timeout=timeout, check=False)
    except FileNotFoundError as error:
        raise Failure("etcd", f"{argv[0]} is not installed on this host") from error
    except subprocess.TimeoutExpired as error:
        raise Failure("etcd", f"{' '.join(argv[:3])} did not end within {timeout} s") from error
    if done.returncode != 0:
        said = done.stderr + done.stdout
        if "no space left" in said:
            raise Failure("disk-full", "no space left on the disk while the snapshot of etcd was written")
        raise Failure("etcd", f"{' '.join(argv[:3])}: {last_line(said)}")
    return done.stdout


def offline_tool(environment):
    """etcdutl where there is one; etcdctl did its work before 3.5 and no longer does from 3.6 on."""
    return "etcdutl" if shutil.which("etcdutl", path=environment["PATH"]) else "etcdctl"


def offline(settings, *words):
    environment = {**settings.environment, "ETCDCTL_API": "3"}
    return call([offline_tool(environment), *words], environment, TIMEOUT_SECONDS)


def check_snapshot(settings, path):
    """What etcd's own tool says of a snapshot; raises for one that is cut off or changed."""
    if not has_checksum(path):
        raise Failure("etcd-snapshot", "the snapshot of etcd is not whole: its own checksum does not match")
    shown = json.loads(offline(settings, "snapshot", "status", path, "-w", "json"))
    return {
        "hash": shown["hash"],
        "revision": shown["revision"],
        "total_keys": shown["totalKey"],
        "total_size": shown["totalSize"],
    }


def has_checksum(path):
    """etcd appends the sha256 of all that comes before; the database itself is a multiple of 512 bytes."""
    size = os.path.getsize(path)
    if size % 512 != CHECKSUM:
        return False
    digest = hashlib.sha256()
    left = size - CHECKSUM
    with open(path, "rb") as file:
        while left > 0:
            block = file.read(min(left, 1 << 20))
            digest.update(block)
            left -= len(block)
        return file.read() == digest.digest()


def snapshot(settings, path):
    """Saves one, checks it, and returns what a restored one must show."""
    member = Member(settings)
    need = int(member.database_size() * 1.05) + (1 << 20)
    free = shutil.disk_usage(os.path.dirname(path)).free
    if free < need:
        raise Failure(
            "disk-full",
            f"the snapshot of etcd needs {need >> 20} MiB in {os.path.dirname(path)}, {free >> 20} are free",
        )
    for leftover in (path, path + ".part"):
        if os.path.exists(leftover):
            os.unlink(leftover)
    member.ctl("snapshot", "save", path)
    os.chmod(path, 0o600)
    facts = check_snapshot(settings, path)
    return {**facts, **member.facts(facts["revision"]), "version": version(settings)}


def version(settings):
    return (
        call(["etcdctl", "version"], {**settings.environment, "ETCDCTL_API": "3"}, 60)
        .split("\n")[0]
        .split(":")[-1]
        .strip()
    )


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextlib.contextmanager
def started_from(settings, snapshot_file, folder):
    """An etcd of one member on loopback, with the keys of the snapshot, behind the same certificates as the real one."""
    member = Member(settings)
    own = member.values
    secure = bool(own.get("ETCD_CERT_FILE") and own.get("ETCD_KEY_FILE") and own.get("ETCD_TRUSTED_CA_FILE"))
    scheme = "https" if secure else "http"
    client, peer = (f"{scheme}://127.0.0.1:{free_port()}" for _ in range(2))
    data = os.path.join(folder, "data")
    identity = ["--name", "drill", "--initial-cluster", f"drill={peer}", "--initial-advertise-peer-urls", peer]
    identity += ["--initial-cluster-token", f"drill-{os.getpid()}-{int(time.time())}"]
    offline(settings, "snapshot", "restore", snapshot_file, "--data-dir", data, *identity)
    argv = ["etcd", *identity, "--data-dir", data, "--listen-client-urls", client, "--advertise-client-urls", client]
    argv += ["--listen-peer-urls", peer]
    if "ETCD_QUOTA_BACKEND_BYTES" in own:
        argv += ["--quota-backend-bytes", own["ETCD_QUOTA_BACKEND_BYTES"]]
    if secure:
        argv += tls_flags(own)
    with open(os.path.join(folder, "etcd.log"), "w+", encoding="utf-8") as log:
        process = subprocess.Popen(
            argv,
            env=settings.environment,
            stdout=log,
            stderr=log,
            cwd=folder,
            preexec_fn=die_with_parent,  # noqa: PLW1509 - this program has no threads
        )
        try:
            wait_healthy(member, client, process, log)
            yield member, client
        finally:
            stop(process)


def tls_flags(own):
    cert, key, ca = own["ETCD_CERT_FILE"], own["ETCD_KEY_FILE"], own["ETCD_TRUSTED_CA_FILE"]
    flags = []
    for prefix in ("--", "--peer-"):
        flags += [f"{prefix}cert-file", cert, f"{prefix}key-file", key, f"{prefix}trusted-ca-file", ca]
        flags += [f"{prefix}client-cert-auth=true"]
    return flags


def wait_healthy(member, endpoint, process, log, seconds=60):
    deadline = time.monotonic() + seconds
    while True:
        if process.poll() is not None:
            log.seek(0)
            raise Failure("etcd-start", f"etcd does not start from the snapshot: {last_line(log.read())}")
        try:
            member.ctl("--command-timeout=5s", "endpoint", "health", endpoint=endpoint, timeout=10)
            return
        except Failure as failure:
            if time.monotonic() > deadline:
                raise Failure(
                    "etcd-start", f"etcd from the snapshot is not healthy after {seconds} s: {failure}"
                ) from None
        time.sleep(0.2)


def die_with_parent():
    """Linux ends this process when the drill is killed: PR_SET_PDEATHSIG."""
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)


def stop(process):
    process.terminate()
    try:
        process.wait(timeout=10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
