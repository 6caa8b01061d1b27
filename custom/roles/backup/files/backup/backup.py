"""One backup: open the repository, collect, snapshot etcd, store, and only then drop what the keep rules let go."""

import json
import os
import shutil
import subprocess
import time

import collect
import etcd
from failure import Failure, last_line
from repository import Repository
from status import Status, tell

SNAPSHOT = "etcd/snapshot.db"


def run(settings, say):
    status = Status(settings)
    status.begin("backup")
    started = time.monotonic()
    try:
        report = store(settings, say)
    except BaseException as error:
        status.fail("backup", as_failure(error, "collecting"))
        raise
    finally:
        drop_snapshot(settings)
    report["seconds"] = round(time.monotonic() - started, 1)
    status.succeed("backup", **report)
    say(f"stored as {report['snapshot'][:8]}: {report['files']} files, {report['added_bytes']} bytes new")
    retain(settings, status, say)
    return report


def store(settings, say):
    repository = Repository(settings, say)
    repository.require()
    say("collecting")
    run_id = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
    stage, about, warnings = gather(settings, say, run_id)
    files = stage.finish(about)
    say(f"storing {files} files")
    summary = repository.backup(run_id)
    return {
        "snapshot": summary["snapshot_id"],
        "files": files,
        "bytes": summary.get("total_bytes_processed", 0),
        "added_bytes": summary.get("data_added_packed", summary.get("data_added", 0)),
        "warnings": warnings,
        **({"etcd_keys": about["etcd"]["keys"]} if about.get("etcd") else {}),
    }


def gather(settings, say, run_id):
    """The complete staging folder, a description of it, and warnings about parts that are missing but not essential."""
    warnings = []
    try:
        stage = collect.Stage(settings.stage)
        for path in settings.paths:
            stage.add_tree(path, settings.excluded)
        stage.add_text("host/packages.txt", collect.packages(settings.environment))
        unpack_bundle(settings, stage)
        about = {"version": 1, "run": run_id, "cluster": settings.cluster, "host": settings.host}
        if settings.etcd is not None:
            say("snapshot of etcd")
            about["etcd"] = snapshot_etcd(settings, stage)
        if settings.objects:
            say("objects of the API")
            warnings += dump_objects(settings, stage)
        return stage, about, warnings
    except OSError as error:
        raise collect.disk_failure(error, "collecting") from error


def snapshot_etcd(settings, stage):
    os.makedirs(stage.path("etcd"), mode=0o700, exist_ok=True)
    facts = etcd.snapshot(settings, stage.path(SNAPSHOT))
    stage.add_made(SNAPSHOT)
    return facts


def unpack_bundle(settings, stage):
    """What the controller sent: the central inventory, what is vendored, versions."""
    if not settings.bundle or not os.path.exists(settings.bundle):
        return
    with open(settings.bundle, encoding="utf-8") as file:
        for name, text in sorted(json.load(file).items()):
            stage.add_text(os.path.join("controller", name), text)


# Not worth a dump: the cluster creates these itself. Secrets are in etcd's snapshot, as etcd has them.
LEFT_OUT = ("events", "events.events.k8s.io", "leases.coordination.k8s.io", "endpoints", "secrets")
LEFT_OUT_GROUPS = (".metrics.k8s.io", "endpointslices.discovery.k8s.io")


def dump_objects(settings, stage):
    """One file a kind. Not having it fails no backup: the truth is in etcd's snapshot."""

    def kubectl(*words):
        argv = ["kubectl", "--kubeconfig", settings.objects, "--request-timeout=60s", *words]
        done = subprocess.run(argv, env=settings.environment, capture_output=True, text=True, timeout=600, check=False)
        if done.returncode != 0:
            raise Failure("objects", last_line(done.stderr))
        return done.stdout

    if not os.path.exists(settings.objects):
        return []
    try:
        kinds = kubectl("api-resources", "--verbs=list", "--output=name").split()
        for kind in sorted(set(kinds)):
            if kind not in LEFT_OUT and not kind.endswith(LEFT_OUT_GROUPS):
                stage.add_text(f"objects/{kind}.json", kubectl("get", kind, "--all-namespaces", "--output=json"))
        return []
    except (Failure, FileNotFoundError, subprocess.TimeoutExpired) as error:
        return [f"no dump of the API's objects: {error}"]


def retain(settings, status, say):
    """Its failure makes no backup a bad one; it is reported by itself."""
    status.begin("retention")
    try:
        kept, removed = Repository(settings, say).forget(settings.keep)
    except Failure as failure:
        status.fail("retention", failure)
        say(f"old backups could not be removed: {failure}")
        return
    status.succeed("retention", snapshots=kept, removed=removed)
    say(f"{kept} backups kept, {removed} removed")


def drop_snapshot(settings):
    """It is large, and everything is in it: it stays no longer than needed."""
    shutil.rmtree(settings.place("stage", os.path.dirname(SNAPSHOT)), ignore_errors=True)


def as_failure(error, what):
    if isinstance(error, OSError):
        return collect.disk_failure(error, what)
    return tell(error)
