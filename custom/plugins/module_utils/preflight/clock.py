"""The host's clock. Its distance from the controller's is measured by the action plugin."""

import ctypes

from ansible_collections.kube_magic.cluster.plugins.module_utils.preflight.host import warning

# adjtimex(2): the clock is not synchronised.
TIME_ERROR = 5


def kernel_clock():
    """The kernel's verdict about its clock: adjtimex(2) with nothing to set."""
    return ctypes.CDLL(None).adjtimex(ctypes.create_string_buffer(512))


def time_service(host):
    # A container has the clock of its machine, which has the time service.
    if not host.container and kernel_clock() == TIME_ERROR:
        yield warning(
            "time-service",
            "the clock is not synchronised",
            "Install one time service (chrony, or systemd-timesyncd) and let it reach its servers.",
        )
