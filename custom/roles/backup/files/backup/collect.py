"""
Copies what is to be saved into the staging folder and lists it with its sha256. What has not changed is left alone there,
with its times and its inode: then restic has nothing to store again.
"""

import errno
import filecmp
import hashlib
import json
import os
import shutil
import stat
import subprocess

import parts
from failure import Failure, last_line

MANIFEST = "manifest.sha256"
ABOUT = "backup.json"


class Stage:
    def __init__(self, root):
        self.root = root
        # Relative path → sha256 of a file, None of anything else.
        self.entries = {}
        self.in_parts = set()
        make_private(root)

    def path(self, name):
        return os.path.join(self.root, name)

    def add_tree(self, source, excluded):
        """A live file, or a folder with all that is in it; sockets and devices are not content."""
        if any(source == out or source.startswith(out + "/") for out in excluded):
            return
        try:
            info = os.lstat(source)
            if stat.S_ISDIR(info.st_mode):
                self.add_folder(source, info)
                for name in sorted(os.listdir(source)):
                    self.add_tree(os.path.join(source, name), excluded)
                keep_times(self.path("files" + source), info)
            elif stat.S_ISLNK(info.st_mode):
                self.add_link(source)
            elif stat.S_ISREG(info.st_mode):
                self.add_file(source, info)
        except FileNotFoundError:
            return  # It went away while we looked.

    def add_folder(self, source, info):
        name = "files" + source
        target = self.path(name)
        if os.path.lexists(target) and (os.path.islink(target) or not os.path.isdir(target)):
            os.unlink(target)
        os.makedirs(target, exist_ok=True)
        keep_owner(target, info)
        self.entries[name] = None

    def add_link(self, source):
        name = "files" + source
        target = self.path(name)
        text = os.readlink(source)
        if not (os.path.islink(target) and os.readlink(target) == text):
            remove(target)
            os.makedirs(os.path.dirname(target), exist_ok=True)
            os.symlink(text, target)
        self.entries[name] = None

    def add_file(self, source, info):
        name = "files" + source
        target = self.path(name)
        same = os.path.isfile(target) and not os.path.islink(target) and filecmp.cmp(source, target, shallow=False)
        if not same:
            remove(target)
            os.makedirs(os.path.dirname(target), exist_ok=True)
            shutil.copyfile(source, target)
        keep_owner(target, info)
        keep_times(target, info)
        self.entries[name] = sha256(target)

    def add_text(self, name, text):
        target = self.path(name)
        data = text.encode(errors="surrogateescape")
        if not (os.path.isfile(target) and read_bytes(target) == data):
            os.makedirs(os.path.dirname(target), exist_ok=True)
            with open(target, "wb") as file:
                os.fchmod(file.fileno(), 0o600)
                file.write(data)
        self.entries[name] = sha256(target)

    def add_made(self, name):
        """A file that another program has put there; a large one is stored in parts."""
        self.entries[name] = sha256(self.path(name))
        self.in_parts.update(parts.split(self.root, name))

    def finish(self, about):
        """Removes what is no longer there, writes the manifest, and the description of this backup."""
        manifest = manifest_text(self.entries)
        for name, text in ((MANIFEST, manifest), (ABOUT, json.dumps(about, indent=2, sort_keys=True) + "\n")):
            self.add_text(name, text)
        self.prune()
        return sum(1 for digest in self.entries.values() if digest is not None)

    def prune(self):
        parents = set()
        for name in [*self.entries, *self.in_parts]:
            parent = name
            while parent:
                parents.add(parent)
                parent = os.path.dirname(parent)
        for folder, folders, files in os.walk(self.root, topdown=False):
            for name in files + folders:
                path = os.path.join(folder, name)
                if os.path.relpath(path, self.root) not in parents:
                    remove(path)


def manifest_text(entries):
    """In the form of sha256sum, so that `sha256sum --check manifest.sha256` checks a restored folder."""
    lines = [sum_line(digest, name) for name, digest in sorted(entries.items()) if digest is not None]
    return "".join(lines)


def sum_line(digest, name):
    if "\\" in name or "\n" in name or "\r" in name:
        escaped = name.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r")
        return f"\\{digest}  ./{escaped}\n"
    return f"{digest}  ./{name}\n"


def parse_manifest(text):
    entries = {}
    for line in text.splitlines():
        escaped = line.startswith("\\")
        digest, _, name = line.lstrip("\\").partition("  ./")
        if escaped:
            name = name.replace("\\\\", "\0").replace("\\n", "\n").replace("\\r", "\r").replace("\0", "\\")
        if len(digest) != 64 or not name:
            raise Failure("manifest", "the manifest is damaged")
        entries[name] = digest
    return entries


def check_tree(root, wanted=lambda name: True):
    """Compares a restored folder with its own manifest; returns how many files were compared."""
    try:
        with open(os.path.join(root, MANIFEST), encoding="utf-8", errors="surrogateescape", newline="\n") as file:
            entries = parse_manifest(file.read())
    except OSError as error:
        raise Failure("manifest", "the backup has no manifest") from error
    wrong = []
    count = 0
    for name, digest in entries.items():
        if not wanted(name):
            continue
        count += 1
        path = os.path.join(root, name)
        if not os.path.isfile(path):
            wrong.append(f"{name} is missing")
        elif sha256(path) != digest:
            wrong.append(f"{name} differs")
    if wrong:
        more = f" and {len(wrong) - 3} more" if len(wrong) > 3 else ""
        raise Failure("manifest", f"not as the manifest says: {', '.join(wrong[:3])}{more}")
    return count


def packages(environment):
    """Name and version of everything that is installed, sorted."""
    for argv in (
        ["dpkg-query", "--show", "--showformat", "${Package} ${Version} ${Architecture}\\n"],
        ["rpm", "--query", "--all"],
    ):
        try:
            done = subprocess.run(argv, env=environment, capture_output=True, text=True, check=False)
        except FileNotFoundError:
            continue
        if done.returncode != 0:
            raise Failure("collect", f"{argv[0]}: {last_line(done.stderr)}")
        return "".join(sorted(done.stdout.splitlines(keepends=True)))
    return ""


def sha256(path):
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        feed(digest, file)
    return digest.hexdigest()


def feed(digest, file):
    for block in iter(lambda: file.read(1 << 20), b""):
        digest.update(block)


def make_private(path):
    os.makedirs(path, mode=0o700, exist_ok=True)
    os.chmod(path, 0o700)


def remove(path):
    if os.path.islink(path) or os.path.isfile(path):
        os.unlink(path)
    elif os.path.isdir(path):
        shutil.rmtree(path)


def read_bytes(path):
    with open(path, "rb") as file:
        return file.read()


def keep_owner(path, info):
    now = os.lstat(path)
    if (now.st_uid, now.st_gid) != (info.st_uid, info.st_gid):
        os.chown(path, info.st_uid, info.st_gid)
    if stat.S_IMODE(now.st_mode) != stat.S_IMODE(info.st_mode):
        os.chmod(path, stat.S_IMODE(info.st_mode))


def keep_times(path, info):
    if os.lstat(path).st_mtime_ns != info.st_mtime_ns:
        os.utime(path, ns=(info.st_mtime_ns, info.st_mtime_ns))


def disk_failure(error, what):
    """What the machine says about its disk, as a failure of ours."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return Failure("disk-full", f"no space left on the disk while {what}: {error.filename or ''}".rstrip(": "))
    return Failure("collect", f"{what}: {error}")
