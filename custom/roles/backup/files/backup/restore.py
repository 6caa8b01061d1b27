"""
Back from the repository. Into a folder: restored and compared beside it, then moved to its name. Over live files: first all
of them are written beside their places, then all are moved, and a journal lets the next run finish or undo that.
"""

import json
import os
import shutil
import stat
import sys
import tarfile
import time

import collect
import parts
from failure import Failure
from repository import Repository
from status import write_atomic

MARK = ".kube-magic-partial-"


def to_folder(settings, say, which, target, paths):
    target = os.path.normpath(target)
    refuse_target(settings, target)
    parent, name = os.path.split(target)
    os.makedirs(parent, exist_ok=True)
    sweep(parent, f".{name}{MARK}")
    partial = os.path.join(parent, f".{name}{MARK}{os.getpid()}")
    try:
        count, snapshot = fetch(settings, say, which, partial, paths)
        if os.path.isdir(target):
            os.rmdir(target)
        os.rename(partial, target)
    except OSError as error:
        raise collect.disk_failure(error, "restoring") from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    say(f"{count} files of {snapshot['id'][:8]} in {target}")
    return {"snapshot": snapshot["id"], "time": snapshot["time"], "files": count, "folder": target}


def refuse_target(settings, target):
    if not os.path.isabs(target):
        raise Failure("target-exists", f"{target}: name an absolute path")
    if target == settings.state or target.startswith(settings.stage):
        raise Failure("target-exists", f"{target} is where backups are made")
    if os.path.lexists(target) and (not os.path.isdir(target) or os.path.islink(target) or os.listdir(target)):
        raise Failure("target-exists", f"{target} exists and is not empty: name a new folder")


def fetch(settings, say, which, partial, paths):
    """Restores into `partial` and compares with the manifest; returns how many files, and the snapshot."""
    repository = Repository(settings, say)
    [snapshot] = repository.snapshots(which)
    wanted = [path.strip("/") if not path.startswith("/") else "files" + os.path.normpath(path) for path in paths]
    collect.make_private(partial)
    say(f"restoring {snapshot['id'][:8]} of {snapshot['time'][:19]}")
    names = [*wanted, collect.MANIFEST, collect.ABOUT] if wanted else []
    repository.restore(snapshot, partial, names)
    parts.join(partial)

    def chosen(name):
        return not wanted or any(name == path or name.startswith(path + "/") for path in wanted)

    count = collect.check_tree(partial, chosen)
    if count == 0:
        raise Failure("no-such-path", f"nothing of {', '.join(paths)} is in the backup {snapshot['id'][:8]}")
    return count, snapshot


def to_output(settings, say, which, paths):
    """A tar on standard output, for the controller."""
    folder = settings.place(f"export{MARK}{os.getpid()}")
    try:
        fetch(settings, say, which, folder, paths)
        with tarfile.open(fileobj=sys.stdout.buffer, mode="w|") as archive:
            archive.add(folder, arcname=".")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def sweep_state(settings):
    """Decrypted copies do not wait for the next restore: every command begins with this."""
    for purpose in ("export", "in-place"):
        sweep(settings.state, purpose + MARK)


def sweep(folder, prefix):
    """What interrupted restores left; the lock says that none of them is alive."""
    if not os.path.isdir(folder):
        return
    for name in os.listdir(folder):
        if name.startswith(prefix):
            shutil.rmtree(os.path.join(folder, name), ignore_errors=True)


def journal_file(settings):
    return settings.place("restore-journal.json")


def in_place(settings, say, which, paths, only_plan):
    """Live files become what they were; files that are not in the backup stay."""
    if not paths or any(not path.startswith("/") for path in paths):
        raise Failure("no-such-path", "name the absolute paths to restore over the live ones")
    partial = settings.place(f"in-place{MARK}{os.getpid()}")
    try:
        count, snapshot = fetch(settings, say, which, partial, paths)
        root = os.path.join(partial, "files")
        changes = [path for path in walk(root) if differs(os.path.join(root, path.lstrip("/")), path)]
        report = {"snapshot": snapshot["id"], "time": snapshot["time"], "files": count, "changes": changes}
        if not only_plan and changes:
            report["kept"] = replace(settings, say, root, changes)
        return report
    except OSError as error:
        raise collect.disk_failure(error, "restoring") from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def walk(root):
    for folder, folders, files in os.walk(root):
        links = [name for name in folders if os.path.islink(os.path.join(folder, name))]
        for name in sorted(files + links):
            yield "/" + os.path.relpath(os.path.join(folder, name), root)


def differs(saved, live):
    if not os.path.lexists(live):
        return True
    one, other = os.lstat(saved), os.lstat(live)
    if stat.S_IFMT(one.st_mode) != stat.S_IFMT(other.st_mode):
        return True
    if os.path.islink(saved):
        return os.readlink(saved) != os.readlink(live)
    same = (one.st_mode, one.st_uid, one.st_gid) == (other.st_mode, other.st_uid, other.st_gid)
    return not same or collect.sha256(saved) != collect.sha256(live)


def replace(settings, say, root, changes):
    run = f"{time.strftime('%Y%m%dT%H%M%SZ', time.gmtime())}-{os.getpid()}"
    kept = settings.place("replaced", run)
    pairs = [[beside(path, run), path] for path in changes]
    for _temporary, path in pairs:
        if os.path.isdir(path) and not os.path.islink(path):
            raise Failure("target-exists", f"{path} is a folder now and was a file in the backup: move it away first")
    write_journal(settings, "prepare", pairs)
    try:
        for temporary, path in pairs:
            if os.path.lexists(path):
                copy_entry(path, kept + path)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            copy_entry(os.path.join(root, path.lstrip("/")), temporary)
        write_journal(settings, "move", pairs)
    except BaseException:
        recover(settings, say)
        raise
    recover(settings, say)
    return kept


def beside(path, run):
    folder, name = os.path.split(path)
    return os.path.join(folder, f".{name}.kube-magic-{run}")


def copy_entry(source, target):
    os.makedirs(os.path.dirname(target), mode=0o700, exist_ok=True)
    info = os.lstat(source)
    shutil.copy2(source, target, follow_symlinks=False)
    os.lchown(target, info.st_uid, info.st_gid)
    if not os.path.islink(target):
        os.chmod(target, stat.S_IMODE(info.st_mode))
        with open(target, "rb") as file:
            os.fsync(file.fileno())


def write_journal(settings, phase, pairs):
    write_atomic(journal_file(settings), json.dumps({"version": 1, "phase": phase, "pairs": pairs}) + "\n", 0o600)


def recover(settings, say):
    """Undoes what was only prepared, finishes what was being moved. Every command begins with it."""
    try:
        with open(journal_file(settings), encoding="utf-8") as file:
            journal = json.load(file)
    except FileNotFoundError:
        return
    moved = 0
    for temporary, path in journal["pairs"]:
        if not os.path.lexists(temporary):
            continue
        if journal["phase"] == "move":
            os.replace(temporary, path)
            moved += 1
        else:
            os.unlink(temporary)
    os.unlink(journal_file(settings))
    say(f"{moved} files are in place" if journal["phase"] == "move" else "a restore that was interrupted is undone")
