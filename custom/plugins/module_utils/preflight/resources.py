"""Memory, swap and processors."""

import os

from ansible_collections.kube_magic.cluster.plugins.module_utils.preflight.host import error, warning


def swap(host):
    if not host.node:
        return
    active = [line.split()[0] for line in host.read("/proc/swaps").splitlines()[1:] if line.strip()]
    fstab = host.read("/etc/fstab").splitlines()
    listed = [line for line in fstab if line.split()[2:3] == ["swap"] and not line.startswith("#")]
    if active:
        yield error(
            "swap",
            f"swap is on: {', '.join(active)}",
            "swapoff -a, and remove the swap lines from /etc/fstab (systemctl mask swap.target keeps it off).",
        )
    elif listed:
        yield warning(
            "swap",
            "swap is off, but /etc/fstab turns it on at the next boot",
            "Remove the swap lines from /etc/fstab.",
        )


def memory(host):
    total = 0
    for line in host.read("/proc/meminfo").splitlines():
        if line.startswith("MemTotal:"):
            total = int(line.split()[1]) // 1024
    least, role = host.highest("memory_mb")
    if total < least:
        yield error("memory", f"{total} MB of memory, a {role} needs {least}", "Give the host more memory.")


def processors(host):
    count = os.cpu_count() or 1
    least, role = host.highest("cpus")
    if count < least:
        plural = "" if count == 1 else "s"
        yield warning(
            "cpu",
            f"{count} processor{plural}, a {role} should have {least}",
            "Give the host more processors.",
        )
