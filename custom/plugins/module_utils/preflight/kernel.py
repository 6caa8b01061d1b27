"""What containers need of the kernel."""

from ansible_collections.kube_magic.cluster.plugins.module_utils.preflight.host import finding, warning

APPARMOR = "/proc/sys/kernel/apparmor_restrict_unprivileged_userns"
CLONE = "/proc/sys/kernel/unprivileged_userns_clone"
NAMESPACES = "/proc/sys/user/max_user_namespaces"


def control_groups(host):
    if host.node and not host.container and not host.exists("/sys/fs/cgroup/cgroup.controllers"):
        yield warning(
            "cgroups",
            "control groups of version 1: current kubelets refuse to start on them",
            "Boot with systemd.unified_cgroup_hierarchy=1.",
        )


def container_restrictions(host):
    if not host.node:
        return
    if host.read(APPARMOR).strip() == "1":
        reason = "AppArmor restricts them"
    elif host.read(CLONE).strip() == "0" or host.read(NAMESPACES).strip() == "0":
        reason = "the kernel's settings forbid them"
    else:
        return
    yield finding(
        "info",
        "user-namespaces",
        f"no unprivileged user namespaces: {reason}",
        "Builds in rootless containers (Buildah) need them; nothing else does.",
    )
