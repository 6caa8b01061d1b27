"""Which system this is, and what it calls itself."""

import glob
import socket
import time

from ansible_collections.kube_magic.cluster.plugins.module_utils.preflight.host import error, warning


def system(host):
    values = {}
    for line in host.read("/etc/os-release").splitlines():
        key, _equals, value = line.partition("=")
        values[key] = value.strip("\"'")
    name, version = values.get("ID", "unknown"), values.get("VERSION_ID", "")
    supported = host.params["supported_systems"]
    versions = [str(one) for one in supported.get(name, [])]
    if version not in versions and version.split(".", maxsplit=1)[0] not in versions:
        known = ", ".join(f"{key} {'/'.join(str(one) for one in supported[key])}" for key in sorted(supported))
        yield error(
            "os",
            f"{values.get('PRETTY_NAME') or name} is not supported",
            f"Install one of: {known}. To continue at your own risk, add it to preflight_supported_systems.",
        )


def hostname(host):
    actual, wanted = socket.gethostname(), host.params["name"]
    if wanted not in (actual, actual.split(".", maxsplit=1)[0]):
        report = error if host.cluster else warning
        yield report(
            "hostname",
            f"the host calls itself {actual}, the inventory calls it {wanted}",
            f"hostnamectl set-hostname {wanted}",
        )


def observed(host):
    """What is compared across hosts, and with the controller's clock."""
    addresses = glob.glob(host.path("/sys/class/net/*/address"))
    hardware = {host.read(path[len(host.root.rstrip("/")) :]).strip() for path in addresses}
    return {
        "time": time.time(),
        "machine_id": host.read("/etc/machine-id").strip(),
        "hardware_addresses": sorted(hardware - {"", "00:00:00:00:00:00"}),
    }
