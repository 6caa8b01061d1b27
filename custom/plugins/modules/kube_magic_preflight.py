#!/usr/bin/python
# Runs on every host before anything is known about it: Python 3.6 or newer, standard library only, no assumption
# about packages beside iproute2, and no check that can spoil another one.


DOCUMENTATION = r"""
---
module: kube_magic_preflight
short_description: Everything on this host that would make the deployment fail, in one go
description:
  - Looks, changes nothing, and returns a list of findings, each with what to do about it.
  - Its action plugin adds what only the controller sees. A host that cannot be reached, that lacks the rights or the
    Python, and a clock that is off.
options:
  name:
    description: Inventory name.
    type: str
    required: true
  roles:
    description: Roles of the host in the central inventory.
    type: list
    elements: str
    default: []
  addresses:
    description: Addresses that the host must have.
    type: list
    elements: str
    default: []
  devices:
    description: Block devices that the host must have.
    type: list
    elements: str
    default: []
  device_mapper:
    description: Whether logical volumes must be possible, which Ceph makes its OSDs of.
    type: bool
    default: false
  supported_systems:
    description: ID of /etc/os-release to versions, or major versions.
    type: dict
    default: {}
  memory_mb:
    description: Role to least memory.
    type: dict
    default: {}
  cpus:
    description: Role to least number of processors.
    type: dict
    default: {}
  disk_free_mb:
    description: Folder to least free space.
    type: dict
    default: {}
  nameservers:
    description: Most name servers in resolv.conf.
    type: int
    default: 2
  ports:
    description: TCP ports that must be free, or held by one of the named processes.
    type: list
    elements: dict
    default: []
  vips:
    description: Virtual addresses to ask after on the network.
    type: list
    elements: str
    default: []
  clock_offset_seconds:
    description: Most that the clock may differ from the controller's; for the action plugin.
    type: float
    default: 5
  ignored:
    description: Names of checks whose errors count as warnings; for the comparison of all hosts.
    type: list
    elements: str
    default: []
author: kube-magic
"""

EXAMPLES = r"""
- name: Look at the host
  kube_magic_preflight:
    name: "{{ inventory_hostname }}"
    addresses: ["{{ ip }}"]
    roles: [control-plane]
"""

RETURN = r"""
findings:
  description: Mappings of check, severity (error, warning, info), message and remedy; empty when all is well.
  type: list
  elements: dict
  returned: always
observed:
  description: What is compared across hosts. The machine id, hardware addresses, answers to the virtual addresses.
  type: dict
  returned: success
"""

import ctypes
import glob
import os
import socket
import stat
import threading
import time

from ansible.module_utils.basic import AnsibleModule

# Anything that ends up in a cluster, where a wrong name or address is fatal rather than untidy.
KUBE_ROLES = frozenset(["control-plane", "etcd", "worker", "infra"])
NODE_ROLES = frozenset(["control-plane", "worker", "infra"])
CEPH_ROLES = frozenset(["ceph-mon", "ceph-mgr", "ceph-osd", "ceph-mds", "ceph-rgw"])
RESOLVE_SECONDS = 4
VIP_SECONDS = 0.8


def read(path):
    """The file's text; empty when it is not there."""
    try:
        with open(path) as stream:
            return stream.read()
    except (OSError, UnicodeDecodeError):
        return ""


def in_time(work, seconds):
    """The result of work() and True, or None and False when it takes too long."""
    box = []
    thread = threading.Thread(target=lambda: box.append(work()))
    thread.daemon = True
    thread.start()
    thread.join(seconds)
    return (box[0], True) if box else (None, False)


class Preflight:
    def __init__(self, module):
        self.module = module
        self.params = module.params
        self.roles = frozenset(module.params["roles"])
        self.kube = bool(self.roles & KUBE_ROLES)
        self.node = bool(self.roles & NODE_ROLES)
        self.cluster = self.kube or bool(self.roles & CEPH_ROLES)
        self.container = os.path.exists("/run/systemd/container") or os.path.exists("/run/host/container-manager")
        self.findings = []

    def add(self, check, severity, message, remedy):
        self.findings.append({"check": check, "severity": severity, "message": message, "remedy": remedy})

    def ip(self, *arguments):
        """Lines of iproute2's output; none when it fails."""
        tool = self.module.get_bin_path("ip", opt_dirs=["/usr/sbin", "/sbin"])
        if tool is None:
            return []
        code, out, _err = self.module.run_command([tool, *list(arguments)])
        return out.splitlines() if code == 0 else []

    def run(self):
        for check in (
            self.system,
            self.hostname,
            self.addresses,
            self.resolution,
            self.nameservers,
            self.swap,
            self.time_service,
            self.memory,
            self.processors,
            self.disk,
            self.devices,
            self.device_mapper,
            self.ports,
            self.control_groups,
            self.container_restrictions,
        ):
            try:
                check()
            except Exception as error:  # one check that fails must not hide what the others say
                self.add(
                    check.__name__.replace("_", "-"),
                    "warning",
                    f"this check could not be made: {error}",
                    "Look at it by hand.",
                )

    # -- identity

    def system(self):
        values = {}
        for line in read("/etc/os-release").splitlines():
            key, _equals, value = line.partition("=")
            values[key] = value.strip("\"'")
        name, version = values.get("ID", "unknown"), values.get("VERSION_ID", "")
        supported = self.params["supported_systems"]
        versions = [str(one) for one in supported.get(name, [])]
        if version not in versions and version.split(".")[0] not in versions:
            known = ", ".join(
                "{} {}".format(key, "/".join(str(one) for one in supported[key])) for key in sorted(supported)
            )
            self.add(
                "os",
                "error",
                "%s is not supported" % (values.get("PRETTY_NAME") or name),
                f"Install one of: {known}. To go on at your own risk, add it to preflight_supported_systems.",
            )

    def hostname(self):
        actual, wanted = socket.gethostname(), self.params["name"]
        if wanted not in (actual, actual.split(".")[0]):
            self.add(
                "hostname",
                "error" if self.cluster else "warning",
                f"the host calls itself {actual}, the inventory calls it {wanted}",
                f"hostnamectl set-hostname {wanted}",
            )

    def addresses(self):
        held = {}
        for line in self.ip("-o", "address", "show"):
            fields = line.split()
            held[fields[3].split("/")[0]] = fields[1]
        if not held:
            self.add(
                "address",
                "warning",
                "the addresses of this host cannot be read: no iproute2",
                "Install the package iproute2 (Debian) or iproute (RHEL).",
            )
            return
        for address in self.params["addresses"]:
            if address not in held:
                others = ", ".join(sorted(one for one in held if not one.startswith(("127.", "::1", "fe80:"))))
                self.add(
                    "address",
                    "error",
                    "{} is not an address of this host, which has {}".format(address, others or "none"),
                    "Correct the host's ip in the inventory, or configure the address on the host.",
                )

    def resolution(self):
        # Of the name that it should have: whether it has it is another check's business.
        name = self.params["name"]

        def resolve():
            try:
                found = socket.getaddrinfo(name, None, 0, socket.SOCK_STREAM)
            except socket.gaierror:
                return []
            return [entry[4][0] for entry in found]

        addresses, answered = in_time(resolve, RESOLVE_SECONDS)
        own = self.params["addresses"]
        severity = "error" if self.cluster else "warning"
        remedy = "Put the line '{} {}' into /etc/hosts".format(own[0] if own else "IP", name)
        if not answered:
            self.add(
                "resolution",
                severity,
                "its own name %s is not resolved within %d s: a name server does not answer" % (name, RESOLVE_SECONDS),
                f"Correct /etc/resolv.conf. {remedy}.",
            )
        elif not addresses:
            self.add("resolution", severity, f"its own name {name} does not resolve", f"{remedy}, or into DNS.")
        elif own and not set(addresses) & set(own):
            loopback = [one for one in addresses if one.startswith("127.") or one == "::1"]
            extra = f" and remove the line with {loopback[0]}" if loopback else ", or correct DNS"
            self.add(
                "resolution",
                severity,
                "its own name {} resolves to {}, not to {}".format(name, ", ".join(sorted(set(addresses))), own[0]),
                f"{remedy}{extra}.",
            )

    def nameservers(self):
        source = "/etc/resolv.conf"
        servers = self.servers(source)
        # systemd-resolved's own stub stands for the servers that it asks, which is what a kubelet hands to its pods.
        upstream = "/run/systemd/resolve/resolv.conf"
        if servers and all(one in ("127.0.0.53", "127.0.0.54") for one in servers) and os.path.exists(upstream):
            source, servers = upstream, self.servers(upstream)
        limit = self.params["nameservers"]
        if not servers:
            self.add(
                "nameservers",
                "error" if self.kube else "warning",
                f"no name server in {source}",
                "Configure one, and network.dns.servers in the inventory.",
            )
        elif len(servers) > limit:
            self.add(
                "nameservers",
                "error" if self.node else "warning",
                "%d name servers in %s: %s" % (len(servers), source, ", ".join(servers)),
                "Leave at most %d: libc uses three, and the cluster's own DNS becomes one of them." % limit,
            )

    @staticmethod
    def servers(path):
        lines = [line.split() for line in read(path).splitlines()]
        return [line[1] for line in lines if len(line) > 1 and line[0] == "nameserver"]

    # -- resources

    def swap(self):
        if not self.node:
            return
        active = [line.split()[0] for line in read("/proc/swaps").splitlines()[1:] if line.strip()]
        listed = [line for line in read("/etc/fstab").splitlines() if line.split()[2:3] == ["swap"] and line[0] != "#"]
        if active:
            self.add(
                "swap",
                "error",
                "swap is on: {}".format(", ".join(active)),
                "swapoff -a, and take the swap lines out of /etc/fstab (systemctl mask swap.target keeps it off).",
            )
        elif listed:
            self.add(
                "swap",
                "warning",
                "swap is off, but /etc/fstab turns it on at the next boot",
                "Take the swap lines out of /etc/fstab.",
            )

    def time_service(self):
        # In a container the clock is the machine's below, and so is its service.
        if self.container:
            return
        # adjtimex(2) with nothing to set: returns 5 (TIME_ERROR) when nobody disciplines the clock.
        if ctypes.CDLL(None).adjtimex(ctypes.create_string_buffer(512)) == 5:
            self.add(
                "time-service",
                "warning",
                "the clock is not synchronised",
                "Install one time service (chrony, or systemd-timesyncd) and let it reach its servers.",
            )

    def memory(self):
        total = 0
        for line in read("/proc/meminfo").splitlines():
            if line.startswith("MemTotal:"):
                total = int(line.split()[1]) // 1024
        least = self.highest("memory_mb")
        if total < least[0]:
            self.add(
                "memory",
                "error",
                "%d MB of memory, a %s needs %d" % (total, least[1], least[0]),
                "Give the host more memory.",
            )

    def processors(self):
        count = os.cpu_count() or 1
        least = self.highest("cpus")
        if count < least[0]:
            self.add(
                "cpu",
                "warning",
                "%d processor%s, a %s should have %d" % (count, "" if count == 1 else "s", least[1], least[0]),
                "Give the host more processors.",
            )

    def highest(self, table):
        """The most that any of the host's roles asks for, and that role."""
        wishes = [(int(amount), role) for role, amount in self.params[table].items() if role in self.roles]
        return max(wishes) if wishes else (0, "")

    def disk(self):
        for folder, least in sorted(self.params["disk_free_mb"].items()):
            if not os.path.isdir(folder):
                continue
            space = os.statvfs(folder)
            free = space.f_bavail * space.f_frsize // 1048576
            total = space.f_blocks * space.f_frsize // 1048576
            if free < int(least):
                self.add(
                    "disk",
                    "error",
                    "%d MB free in %s, at least %d are needed" % (free, folder, int(least)),
                    "Free space or enlarge the file system.",
                )
            elif self.node and folder == "/var" and free * 100 < total * 15:
                self.add(
                    "disk",
                    "warning",
                    "only %d %% free in %s: a kubelet evicts pods and images below 15 %%"
                    % (free * 100 // total, folder),
                    "Free space or enlarge the file system.",
                )

    def devices(self):
        for device in self.params["devices"]:
            if not os.path.exists(device):
                self.add(
                    "devices",
                    "error",
                    f"{device} does not exist",
                    "Correct the host's devices in the inventory, see lsblk.",
                )
            elif not stat.S_ISBLK(os.stat(device).st_mode):
                self.add(
                    "devices",
                    "error",
                    f"{device} is not a block device",
                    "Correct the host's devices in the inventory, see lsblk.",
                )

    def device_mapper(self):
        """In the kernel, or a module that is loaded when it is asked for; in a container the device has to be there."""
        if not self.params["device_mapper"]:
            return
        modules = f"/lib/modules/{os.uname()[2]}/modules."
        loaded = "device-mapper" in read("/proc/misc")
        loadable = any("/dm-mod.ko" in read(modules + name) for name in ("builtin", "dep"))
        if self.container and loaded:
            loaded = os.path.exists("/dev/mapper/control")
        if not loaded and (self.container or not loadable):
            self.add(
                "device-mapper",
                "error",
                "no device-mapper here: Ceph cannot make a logical volume of a disk",
                "Load it (modprobe dm_mod). Hosts of a lab cannot have it: storage.ceph.osdBackend: lab-file.",
            )

    # -- network

    def ports(self):
        wanted = {}
        for entry in self.params["ports"]:
            wanted.setdefault(int(entry["port"]), []).append(entry)
        for port, entries in sorted(wanted.items()):
            if len(entries) > 1:
                self.add(
                    "ports",
                    "error",
                    "port %d is wanted by %s at once" % (port, " and ".join(entry["purpose"] for entry in entries)),
                    "Choose another api.port, or other hosts for the load balancers.",
                )
        listening = {}
        for path in ("/proc/net/tcp", "/proc/net/tcp6"):
            for line in read(path).splitlines()[1:]:
                fields = line.split()
                port = int(fields[1].rsplit(":", 1)[1], 16)
                if fields[3] == "0A" and port in wanted:
                    listening.setdefault(port, set()).add(fields[9])
        # Only now, for most hosts never: finding a socket's owner means looking at every process.
        owners = self.socket_owners(set().union(*listening.values())) if listening else {}
        for port, inodes in sorted(listening.items()):
            names = sorted({owners.get(inode, "an unknown process") for inode in inodes})
            allowed = [process for entry in wanted[port] for process in entry["processes"]]
            strangers = [name for name in names if name not in allowed]
            if strangers:
                self.add(
                    "ports",
                    "error",
                    "port %d, for %s, is held by %s" % (port, wanted[port][0]["purpose"], ", ".join(strangers)),
                    "Stop what holds it: ss -ltnp sport = :%d" % port,
                )

    @staticmethod
    def socket_owners(inodes):
        links = {f"socket:[{inode}]": inode for inode in inodes}
        owners = {}
        for entry in glob.glob("/proc/[0-9]*/fd/*"):
            try:
                inode = links.get(os.readlink(entry))
            except OSError:
                continue
            if inode is not None:
                owners[inode] = read(entry.split("/fd/")[0] + "/comm").strip()
        return owners

    def vip_answers(self):
        """Hardware address that answers for each virtual address which this host does not hold itself."""
        if os.geteuid() != 0:
            return {}
        asked = []
        for vip in self.params["vips"]:
            route = " ".join(self.ip("-o", "route", "get", vip)).split()
            # Behind a gateway nothing can be said; "local" is this host itself.
            if not route or "via" in route or route[0] == "local" or "dev" not in route:
                continue
            # What the kernel remembers from before says nothing about now.
            self.ip("neighbour", "del", vip, "dev", route[route.index("dev") + 1])
            poke = socket.socket(socket.AF_INET6 if ":" in vip else socket.AF_INET, socket.SOCK_DGRAM)
            try:
                poke.sendto(b"", (vip, 9))
            except OSError:
                continue
            finally:
                poke.close()
            asked.append(vip)
        answers = {}
        end = time.time() + VIP_SECONDS
        while asked and time.time() < end:
            time.sleep(0.1)
            for vip in list(asked):
                entry = " ".join(self.ip("neighbour", "show", "to", vip)).split()
                if "lladdr" in entry:
                    answers[vip] = entry[entry.index("lladdr") + 1]
                    asked.remove(vip)
        return answers

    # -- kernel

    def control_groups(self):
        if self.node and not self.container and not os.path.exists("/sys/fs/cgroup/cgroup.controllers"):
            self.add(
                "cgroups",
                "warning",
                "control groups of version 1: current kubelets refuse to start on them",
                "Boot with systemd.unified_cgroup_hierarchy=1.",
            )

    def container_restrictions(self):
        if not self.node:
            return
        settings = {
            "apparmor_restrict_unprivileged_userns": "/proc/sys/kernel/apparmor_restrict_unprivileged_userns",
            "unprivileged_userns_clone": "/proc/sys/kernel/unprivileged_userns_clone",
            "max_user_namespaces": "/proc/sys/user/max_user_namespaces",
        }
        values = {key: read(path).strip() for key, path in settings.items()}
        if values["apparmor_restrict_unprivileged_userns"] == "1":
            reason = "AppArmor restricts them"
        elif values["unprivileged_userns_clone"] == "0" or values["max_user_namespaces"] == "0":
            reason = "the kernel's settings forbid them"
        else:
            return
        self.add(
            "user-namespaces",
            "info",
            f"no unprivileged user namespaces: {reason}",
            "Builds in rootless containers (Buildah) need them; nothing else does.",
        )

    def observed(self):
        return {
            "time": time.time(),
            "machine_id": read("/etc/machine-id").strip(),
            "hardware_addresses": sorted(
                {read(path).strip() for path in glob.glob("/sys/class/net/*/address")} - {"", "00:00:00:00:00:00"}
            ),
        }


def main():
    module = AnsibleModule(
        argument_spec={
            "name": {"type": "str", "required": True},
            "roles": {"type": "list", "elements": "str", "default": []},
            "addresses": {"type": "list", "elements": "str", "default": []},
            "devices": {"type": "list", "elements": "str", "default": []},
            "device_mapper": {"type": "bool", "default": False},
            "supported_systems": {"type": "dict", "default": {}},
            "memory_mb": {"type": "dict", "default": {}},
            "cpus": {"type": "dict", "default": {}},
            "disk_free_mb": {"type": "dict", "default": {}},
            "nameservers": {"type": "int", "default": 2},
            "ports": {"type": "list", "elements": "dict", "default": []},
            "vips": {"type": "list", "elements": "str", "default": []},
            "clock_offset_seconds": {"type": "float", "default": 5},
            "ignored": {"type": "list", "elements": "str", "default": []},
        },
        supports_check_mode=True,
    )
    preflight = Preflight(module)
    # First of all, for the clock: whatever comes later takes its time.
    observed = preflight.observed()
    preflight.run()
    observed["vip_answers"] = preflight.vip_answers()
    module.exit_json(changed=False, findings=preflight.findings, observed=observed)


if __name__ == "__main__":
    main()
