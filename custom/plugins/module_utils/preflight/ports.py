"""TCP ports that the host's roles need, and the processes that hold them."""

import glob
import os

from ansible_collections.kube_magic.cluster.plugins.module_utils.preflight.host import error

# The kernel's number for a socket that listens, in /proc/net/tcp.
LISTEN = "0A"


def ports(host):
    wanted = {}
    for entry in host.params["ports"]:
        wanted.setdefault(int(entry["port"]), []).append(entry)
    for port, entries in sorted(wanted.items()):
        if len(entries) > 1:
            purposes = " and ".join(entry["purpose"] for entry in entries)
            yield error(
                "ports",
                f"port {port} is wanted by {purposes} at once",
                "Choose another api.port, or other hosts for the load balancers.",
            )
    found = listening(host, wanted)
    # Only for ports in use, on most hosts never: finding the owner of a socket means looking at every process.
    owners = socket_owners(host, set().union(*found.values())) if found else {}
    for port, inodes in sorted(found.items()):
        names = sorted({owners.get(inode, "an unknown process") for inode in inodes})
        allowed = [process for entry in wanted[port] for process in entry["processes"]]
        strangers = [name for name in names if name not in allowed]
        if strangers:
            yield error(
                "ports",
                f"port {port}, for {wanted[port][0]['purpose']}, is held by {', '.join(strangers)}",
                f"Stop what holds it: ss -ltnp sport = :{port}",
            )


def listening(host, wanted):
    """Port to the inodes of the sockets that listen on it; only wanted ports."""
    found = {}
    for path in ("/proc/net/tcp", "/proc/net/tcp6"):
        for line in host.read(path).splitlines()[1:]:
            fields = line.split()
            port = int(fields[1].rsplit(":", 1)[1], 16)
            if fields[3] == LISTEN and port in wanted:
                found.setdefault(port, set()).add(fields[9])
    return found


def socket_owners(host, inodes):
    """Inode of a socket to the name of the process that has it open."""
    links = {f"socket:[{inode}]": inode for inode in inodes}
    owners = {}
    for entry in glob.glob(host.path("/proc/[0-9]*/fd/*")):
        try:
            inode = links.get(os.readlink(entry))
        except OSError:
            continue
        if inode is not None:
            process = entry.split("/fd/")[0].rsplit("/", 1)[1]
            owners[inode] = host.read(f"/proc/{process}/comm").strip()
    return owners
