"""Addresses, names and name servers."""

import os
import socket
import threading
import time

from ansible_collections.kube_magic.cluster.plugins.module_utils.preflight.host import error, warning

RESOLVE_SECONDS = 4
VIP_SECONDS = 0.8
# systemd-resolved's own stub, which asks the servers of the other file; a kubelet hands those to its pods.
RESOLVED_STUB = ("127.0.0.53", "127.0.0.54")
RESOLVED_LIST = "/run/systemd/resolve/resolv.conf"


def addresses(host):
    held = {}
    for line in host.ip("-o", "address", "show"):
        fields = line.split()
        held[fields[3].split("/")[0]] = fields[1]
    if not held:
        yield warning(
            "address",
            "the addresses of this host cannot be read: no iproute2",
            "Install the package iproute2 (Debian) or iproute (RHEL).",
        )
        return
    for address in host.params["addresses"]:
        if address not in held:
            others = ", ".join(sorted(one for one in held if not one.startswith(("127.", "::1", "fe80:"))))
            yield error(
                "address",
                f"{address} is not an address of this host, which has {others or 'none'}",
                "Correct the host's ip in the inventory, or configure the address on the host.",
            )


def in_time(work, seconds):
    """The result of work() and True, or None and False when it takes too long."""
    box = []
    thread = threading.Thread(target=lambda: box.append(work()), daemon=True)
    thread.start()
    thread.join(seconds)
    return (box[0], True) if box else (None, False)


def resolve(name):
    """Addresses of a name, as programs on this host see them."""
    try:
        found = socket.getaddrinfo(name, None, 0, socket.SOCK_STREAM)
    except socket.gaierror:
        return []
    return [entry[4][0] for entry in found]


def resolution(host):
    # Of the name in the inventory; whether the host has this name is checked elsewhere.
    name = host.params["name"]
    found, answered = in_time(lambda: resolve(name), RESOLVE_SECONDS)
    own = host.params["addresses"]
    report = error if host.cluster else warning
    remedy = f"Put the line '{own[0] if own else 'IP'} {name}' into /etc/hosts"
    if not answered:
        yield report(
            "resolution",
            f"its own name {name} is not resolved within {RESOLVE_SECONDS} s: a name server does not answer",
            f"Correct /etc/resolv.conf. {remedy}.",
        )
    elif not found:
        yield report("resolution", f"its own name {name} does not resolve", f"{remedy}, or into DNS.")
    elif own and not set(found) & set(own):
        loopback = [one for one in found if one.startswith("127.") or one == "::1"]
        extra = f" and remove the line with {loopback[0]}" if loopback else ", or correct DNS"
        yield report(
            "resolution",
            f"its own name {name} resolves to {', '.join(sorted(set(found)))}, not to {own[0]}",
            f"{remedy}{extra}.",
        )


def servers(text):
    """Name servers of a resolv.conf."""
    lines = [line.split() for line in text.splitlines()]
    return [line[1] for line in lines if len(line) > 1 and line[0] == "nameserver"]


def nameservers(host):
    source = "/etc/resolv.conf"
    found = servers(host.read(source))
    if found and all(one in RESOLVED_STUB for one in found) and host.exists(RESOLVED_LIST):
        source = RESOLVED_LIST
        found = servers(host.read(source))
    limit = host.params["nameservers"]
    if not found:
        report = error if host.kube else warning
        yield report(
            "nameservers",
            f"no name server in {source}",
            "Configure one, and network.dns.servers in the inventory.",
        )
    elif len(found) > limit:
        report = error if host.node else warning
        yield report(
            "nameservers",
            f"{len(found)} name servers in {source}: {', '.join(found)}",
            f"Leave at most {limit}: libc uses three, and the cluster's own DNS becomes one of them.",
        )


def vip_answers(host):
    """Hardware address that answers for each virtual address which this host does not hold itself."""
    if os.geteuid() != 0:
        return {}
    asked = [vip for vip in host.params["vips"] if poke(host, vip)]
    answers = {}
    end = time.time() + VIP_SECONDS
    while asked and time.time() < end:
        time.sleep(0.1)
        for vip in list(asked):
            entry = " ".join(host.ip("neighbour", "show", "to", vip)).split()
            if "lladdr" in entry:
                answers[vip] = entry[entry.index("lladdr") + 1]
                asked.remove(vip)
    return answers


def poke(host, vip):
    """Makes the kernel look for a neighbour with this address. False where nothing can be learned."""
    route = " ".join(host.ip("-o", "route", "get", vip)).split()
    # Behind a gateway no host is a neighbour; "local" is this host itself.
    if not route or "via" in route or route[0] == "local" or "dev" not in route:
        return False
    # What the kernel remembers from before may be outdated.
    host.ip("neighbour", "del", vip, "dev", route[route.index("dev") + 1])
    packet = socket.socket(socket.AF_INET6 if ":" in vip else socket.AF_INET, socket.SOCK_DGRAM)
    try:
        packet.sendto(b"", (vip, 9))
    except OSError:
        return False
    finally:
        packet.close()
    return True
