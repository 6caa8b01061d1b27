"""One at a time on this host: a backup, a check, a drill and a restore share the staging folder and the repository."""

import contextlib
import fcntl
import json
import os
import time

from failure import Failure

FILE = "/run/lock/kube-magic-backup"


@contextlib.contextmanager
def only_one(what, wait_seconds=0, say=lambda message: None):
    """The kernel lets go of the lock when its owner dies, however that happens."""
    with open(FILE, "a+", encoding="utf-8") as file:
        take(file, wait_seconds, say)
        file.seek(0)
        file.truncate()
        json.dump({"what": what, "pid": os.getpid(), "since": int(time.time())}, file)
        file.flush()
        yield


def take(file, wait_seconds, say):
    deadline = time.monotonic() + wait_seconds
    told = False
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            owner = describe(file)
            if time.monotonic() >= deadline:
                raise Failure("busy", f"{owner} is at work on this host already") from None
            if not told:
                say(f"waiting for {owner}")
                told = True
            time.sleep(1)


def describe(file):
    file.seek(0)
    try:
        owner = json.load(file)
        minutes = int(time.time() - owner["since"]) // 60
        return f"a {owner['what']} (process {owner['pid']}, for {minutes} min)"
    except (ValueError, KeyError):
        return "another one"
