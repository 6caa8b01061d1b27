"""Whether the repository is whole: restic's own check, and the latest backup against its manifest."""

import hashlib
import json
import tarfile

import collect
import parts
from backup import as_failure
from failure import Failure
from repository import Repository
from status import Status


def run(settings, say, read_data):
    status = Status(settings)
    status.begin("verify")
    try:
        report = check(settings, say, read_data)
    except BaseException as error:
        status.fail("verify", as_failure(error, "checking"))
        raise
    status.succeed("verify", **report)
    return report


def check(settings, say, read_data):
    repository = Repository(settings, say)
    repository.require()
    say("checking the repository" + (f", reading {read_data} of its data" if read_data else ""))
    repository.check(read_data)
    snapshots = repository.snapshots()
    if not snapshots:
        raise Failure("no-snapshot", "this host has no backup yet")
    say(f"{len(snapshots)} backups are whole; comparing the latest with its manifest")
    compare = read_all if read_data == "all" else list_all
    return {"snapshots": len(snapshots), "files": compare(repository, snapshots[-1]), "read_data": read_data or "none"}


def list_all(repository, snapshot):
    """Every file of the manifest is in the backup, and no other one: by name, without reading them."""
    entries = manifest_of(repository, snapshot)
    listed = set()
    for line in repository.run("ls", "--json", "--no-lock", snapshot["id"]).splitlines():
        node = json.loads(line)
        if node.get("type") == "file":
            listed.add(parts.whole(node["path"].strip("/")))
    compare(entries, {name: entries.get(name, "") for name in listed})
    return len(entries)


def read_all(repository, snapshot):
    """Every byte, as a stream: needs no room on the disk."""
    entries = manifest_of(repository, snapshot)
    process = repository.start_binary("dump", "--archive", "tar", "--no-lock", snapshot["id"], "/")
    digests = {}
    try:
        with tarfile.open(fileobj=process.stdout, mode="r|") as archive:
            for member in archive:
                if member.isfile():
                    name = parts.whole(member.name.lstrip("/"))
                    collect.feed(digests.setdefault(name, hashlib.sha256()), archive.extractfile(member))
    except tarfile.TarError as error:
        process.wait()
        raise Failure("repository-damaged", f"the latest backup cannot be read: {error}") from error
    process.stdout.close()
    said = process.stderr.read().decode(errors="replace")
    if process.wait() != 0:
        raise repository.failed(process.returncode, said, "dump")
    compare(entries, {name: digest.hexdigest() for name, digest in digests.items()})
    return len(entries)


def manifest_of(repository, snapshot):
    text = repository.run("dump", "--no-lock", snapshot["id"], "/" + collect.MANIFEST)
    return collect.parse_manifest(text)


def compare(entries, found):
    own = {collect.MANIFEST, collect.ABOUT}
    wrong = sorted(name for name in entries if found.get(name) != entries[name])
    wrong += sorted(name for name in found if name not in entries and name not in own)
    if wrong:
        raise Failure("manifest", f"not as the manifest says: {', '.join(wrong[:3])} ({len(wrong)} in all)")
