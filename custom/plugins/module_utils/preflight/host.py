"""The host, as the checks see it. Python 3.6 or newer, standard library only: it runs before anything is installed."""

import os

# Anything that ends up in a cluster, where a wrong name or address is fatal rather than untidy.
KUBE_ROLES = frozenset(["control-plane", "etcd", "worker", "infra"])
NODE_ROLES = frozenset(["control-plane", "worker", "infra"])
CEPH_ROLES = frozenset(["ceph-mon", "ceph-mgr", "ceph-osd", "ceph-mds", "ceph-rgw"])


def finding(severity, check, message, remedy):
    """severity: error, warning or info."""
    return {"check": check, "severity": severity, "message": message, "remedy": remedy}


def error(check, message, remedy):
    return finding("error", check, message, remedy)


def warning(check, message, remedy):
    return finding("warning", check, message, remedy)


class Host:
    """params are those of the module; command takes a list of words and returns exit code, output and errors."""

    def __init__(self, params, command, root="/"):
        self.params = params
        self.command = command
        self.root = root
        self.roles = frozenset(params["roles"])
        self.kube = bool(self.roles & KUBE_ROLES)
        self.node = bool(self.roles & NODE_ROLES)
        self.cluster = self.kube or bool(self.roles & CEPH_ROLES)
        self.container = self.exists("/run/systemd/container") or self.exists("/run/host/container-manager")

    def path(self, path):
        return os.path.join(self.root, path.lstrip("/"))

    def exists(self, path):
        return os.path.exists(self.path(path))

    def read(self, path):
        """The file's text; empty when the file is missing or unreadable."""
        try:
            with open(self.path(path)) as stream:
                return stream.read()
        except (OSError, UnicodeDecodeError):
            return ""

    def ip(self, *arguments):
        """Lines of iproute2's output; none when it is missing or fails."""
        code, out, _err = self.command(["ip", *arguments])
        return out.splitlines() if code == 0 else []

    def highest(self, table):
        """The most that any of the host's roles asks for in a parameter, and that role."""
        wishes = [(int(amount), role) for role, amount in self.params[table].items() if role in self.roles]
        return max(wishes) if wishes else (0, "")
