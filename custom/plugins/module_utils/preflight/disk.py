"""File systems, block devices, and what Ceph makes of them."""

import os
import stat

from ansible_collections.kube_magic.cluster.plugins.module_utils.preflight.host import error, warning

MEBIBYTE = 1024 * 1024
# A kubelet begins to evict pods and images below this share of free space.
EVICTION_PERCENT = 15


def disk(host):
    for folder, least in sorted(host.params["disk_free_mb"].items()):
        if not os.path.isdir(folder):
            continue
        space = os.statvfs(folder)
        free = space.f_bavail * space.f_frsize // MEBIBYTE
        total = space.f_blocks * space.f_frsize // MEBIBYTE
        if free < int(least):
            yield error(
                "disk",
                f"{free} MB free in {folder}, at least {int(least)} are needed",
                "Free space or enlarge the file system.",
            )
        elif host.node and folder == "/var" and free * 100 < total * EVICTION_PERCENT:
            percent = free * 100 // total
            yield warning(
                "disk",
                f"only {percent} % free in {folder}: a kubelet evicts pods and images below {EVICTION_PERCENT} %",
                "Free space or enlarge the file system.",
            )


def devices(host):
    for device in host.params["devices"]:
        if not os.path.exists(device):
            wrong = "does not exist"
        elif not stat.S_ISBLK(os.stat(device).st_mode):
            wrong = "is not a block device"
        else:
            continue
        yield error("devices", f"{device} {wrong}", "Correct the host's devices in the inventory, see lsblk.")


def device_mapper(host):
    """In the kernel, or a module that is loaded on demand; in a container the device file has to exist."""
    if not host.params["device_mapper"]:
        return
    modules = f"/lib/modules/{os.uname()[2]}/modules."
    loaded = "device-mapper" in host.read("/proc/misc")
    loadable = any("/dm-mod.ko" in host.read(modules + name) for name in ("builtin", "dep"))
    if host.container and loaded:
        loaded = host.exists("/dev/mapper/control")
    if not loaded and (host.container or not loadable):
        yield error(
            "device-mapper",
            "no device-mapper here: Ceph cannot make a logical volume of a disk",
            "Load it (modprobe dm_mod). Hosts of a lab cannot have it: storage.ceph.osdBackend: lab-file.",
        )
