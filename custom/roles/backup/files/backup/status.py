"""The state of this host's backups: a JSON file that everybody may read, and the same for Prometheus."""

import contextlib
import json
import os
import time

from failure import Failure

# On a disk that is full the news goes where there is room; readers take the newest.
SPARE = "/run/kube-magic-backup/status.json"
JOBS = ("backup", "retention", "verify", "drill")


def now():
    return int(time.time())


class Status:
    def __init__(self, settings):
        self.settings = settings
        self.path = settings.place("status.json")
        found = [known for known in (read(self.path), read(SPARE)) if known]
        self.values = max(found, key=lambda known: known.get("written", 0)) if found else {}
        self.values.update(
            version=1,
            cluster=settings.cluster,
            host=settings.host,
            repository=settings.repository["url"],
            freshness=settings.freshness,
        )

    def begin(self, job):
        entry = self.values.setdefault(job, {})
        entry["attempt"] = {"started": now(), "result": "running"}
        self.write()

    def succeed(self, job, **report):
        entry = self.values[job]
        entry["attempt"].update(ended=now(), result="ok")
        entry["success"] = {"started": entry["attempt"]["started"], "ended": now(), **report}
        self.write()

    def fail(self, job, failure):
        entry = self.values.setdefault(job, {})
        attempt = entry.setdefault("attempt", {"started": now()})
        attempt.update(ended=now(), result="failed", kind=failure.kind, message=str(failure))
        self.write()

    def write(self):
        self.values["written"] = now()
        text = json.dumps(self.values, indent=2, sort_keys=True) + "\n"
        try:
            write_atomic(self.path, text, 0o644)
            if os.path.exists(SPARE):
                os.unlink(SPARE)
        except OSError:
            os.makedirs(os.path.dirname(SPARE), exist_ok=True)
            write_atomic(SPARE, text, 0o644)
        folder = self.settings.textfile_dir
        if folder and os.path.isdir(folder):
            # When it cannot be written, the age of the old one raises the alarm.
            with contextlib.suppress(OSError):
                write_atomic(os.path.join(folder, "kube_magic_backup.prom"), metrics(self.values), 0o644)


def read(path):
    try:
        with open(path, encoding="utf-8") as file:
            return json.load(file)
    except (OSError, ValueError):
        return None


def write_atomic(path, text, mode):
    """A reader sees the old text or the new one; a full disk leaves the old one."""
    temporary = f"{path}.{os.getpid()}.tmp"
    try:
        with open(temporary, "w", encoding="utf-8") as file:
            os.fchmod(file.fileno(), mode)
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except OSError:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise


HELP = {
    "success_timestamp_seconds": "When it last ended well.",
    "attempt_timestamp_seconds": "When it was last tried.",
    "ok": "1 when the last attempt ended well or still runs.",
    "duration_seconds": "How long the last good one took.",
}


def metrics(values):
    lines = []
    label = '{{cluster="{}"}}'.format(values["cluster"])
    for job in JOBS:
        entry = values.get(job)
        if entry is None:
            continue
        attempt, success = entry.get("attempt", {}), entry.get("success")
        shown = {
            "attempt_timestamp_seconds": attempt.get("started", 0),
            "ok": 0 if attempt.get("result") == "failed" else 1,
        }
        if success:
            shown["success_timestamp_seconds"] = success["ended"]
            shown["duration_seconds"] = success["ended"] - success["started"]
            for name in ("files", "bytes", "added_bytes", "snapshots", "etcd_keys"):
                if name in success:
                    shown[name] = success[name]
        for name, value in sorted(shown.items()):
            metric = f"kube_magic_{job}_{name}" if job == "backup" else f"kube_magic_backup_{job}_{name}"
            lines += [f"# HELP {metric} {HELP.get(name, 'Of the last good one.')}", f"# TYPE {metric} gauge"]
            lines.append(f"{metric}{label} {value}")
    return "\n".join(lines) + "\n"


def tell(failure):
    """For unexpected errors: the kind `unexpected`, which is none of the documented ones."""
    return failure if isinstance(failure, Failure) else Failure("unexpected", f"{type(failure).__name__}: {failure}")
