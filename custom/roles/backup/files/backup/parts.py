"""
etcd's snapshot is stored in parts of one size. Two snapshots of the same data differ in a few pages; restic alone would store
a megabyte or more around each of them, this way it is a part. Put together again: cat etcd/snapshot.db.parts/* > snapshot.db
"""

import os

SUFFIX = ".parts"
SMALLEST = 1 << 14
MOST = 2048


def part_size(size):
    """A power of two, so that a database that grows a little keeps its parts."""
    part = SMALLEST
    while part * MOST < size:
        part *= 2
    return part


def split(root, name):
    """Replaces a file by its parts, from the end on, without room for both. Returns the names of the parts."""
    path = os.path.join(root, name)
    size = os.path.getsize(path)
    part = part_size(size)
    os.makedirs(path + SUFFIX, mode=0o700, exist_ok=True)
    names = []
    with open(path, "r+b") as file:
        for number in reversed(range(-(-size // part))):
            file.seek(number * part)
            names.append(f"{name}{SUFFIX}/{number:05d}")
            with open(os.path.join(root, names[-1]), "wb") as target:
                os.fchmod(target.fileno(), 0o600)
                target.write(file.read(part))
            file.truncate(number * part)
    os.unlink(path)
    return names


def whole(name):
    """The file that a part belongs to; any other name as it is."""
    folder = os.path.dirname(name)
    return folder[: -len(SUFFIX)] if folder.startswith("etcd/") and folder.endswith(SUFFIX) else name


def join(root):
    """Puts every file of a restored backup together again."""
    for folder, _folders, names in os.walk(os.path.join(root, "etcd"), topdown=False):
        if not folder.endswith(SUFFIX):
            continue
        with open(folder[: -len(SUFFIX)], "wb") as target:
            os.fchmod(target.fileno(), 0o600)
            for name in sorted(names):
                part = os.path.join(folder, name)
                with open(part, "rb") as file:
                    target.write(file.read())
                os.unlink(part)
        os.rmdir(folder)
