"""The proof that the latest backup is one: restored to a scratch place, compared, and its etcd started and counted."""

import json
import os
import shutil
import time

import collect
import etcd
import parts
from backup import SNAPSHOT, as_failure
from failure import Failure
from repository import Repository
from status import Status

# etcd lays out two write-ahead logs of 64 MiB before its first word.
ETCD_OVERHEAD = 160 << 20


def run(settings, say):
    status = Status(settings)
    status.begin("drill")
    started = time.monotonic()
    scratch = settings.place("drill")
    try:
        shutil.rmtree(scratch, ignore_errors=True)
        report = rehearse(settings, say, scratch)
    except BaseException as error:
        status.fail("drill", as_failure(error, "the drill"))
        raise
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    report["seconds"] = round(time.monotonic() - started, 1)
    status.succeed("drill", **report)
    return report


def rehearse(settings, say, scratch):
    repository = Repository(settings, say)
    [snapshot] = repository.snapshots("latest")
    collect.make_private(scratch)
    require_space(settings, repository, snapshot, scratch)
    say(f"restoring {snapshot['id'][:8]} of {snapshot['time'][:19]} to a scratch place")
    tree = os.path.join(scratch, "backup")
    repository.restore(snapshot, tree)
    parts.join(tree)
    files = collect.check_tree(tree)
    say(f"{files} files are as the manifest says")
    report = {"snapshot": snapshot["id"], "files": files}
    with open(os.path.join(tree, collect.ABOUT), encoding="utf-8") as file:
        about = json.load(file)
    if about.get("etcd"):
        report.update(start_etcd(settings, say, os.path.join(tree, SNAPSHOT), scratch, about["etcd"]))
    elif settings.etcd is not None:
        raise Failure("etcd-snapshot", "the backup holds no snapshot of etcd")
    return report


def require_space(settings, repository, snapshot, scratch):
    size = json.loads(repository.run("stats", "--json", "--mode", "restore-size", snapshot["id"]))["total_size"]
    need = size if settings.etcd is None else 2 * size + ETCD_OVERHEAD
    free = shutil.disk_usage(scratch).free
    if free < need:
        raise Failure("disk-full", f"the drill needs {need >> 20} MiB in {settings.state}, {free >> 20} are free")


def start_etcd(settings, say, snapshot_file, scratch, expected):
    found = etcd.check_snapshot(settings, snapshot_file)
    compare(expected, found, ("hash", "revision", "total_keys"))
    if not shutil.which("etcd", path=settings.environment["PATH"]):
        say("no etcd program on this host (it runs as a pod): its snapshot is compared, not started")
        return {"etcd_started": False, "etcd_keys": expected["keys"]}
    with etcd.started_from(settings, snapshot_file, scratch) as (member, endpoint):
        found = member.facts(expected["revision"], endpoint)
        # A compaction between the snapshot and the counting makes another hash of the same keys.
        same_history = found["compact_revision"] == expected["compact_revision"]
        compare(expected, found, ("keys", "hash_kv") if same_history else ("keys",))
    say(f"etcd started from it: {found['keys']} keys, as when it was made")
    return {"etcd_started": True, "etcd_keys": found["keys"], "etcd_revision": expected["revision"]}


def compare(expected, found, names):
    for name in names:
        if expected[name] != found[name]:
            raise Failure(
                "etcd-snapshot",
                f"etcd from the backup has {name} {found[name]}, it had {expected[name]} when it was saved",
            )
