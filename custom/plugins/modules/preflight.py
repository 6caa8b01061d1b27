#!/usr/bin/python
# Runs on every host before anything is installed: Python 3.6 or newer, standard library only, no packages assumed but
# iproute2. A check that fails does not stop the others.


DOCUMENTATION = r"""
---
module: preflight
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
author:
  - kube-magic (@kube-magic)
"""

EXAMPLES = r"""
- name: Look at the host
  kube_magic.cluster.preflight:
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

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.kube_magic.cluster.plugins.module_utils.preflight import (
    clock,
    disk,
    identity,
    kernel,
    network,
    ports,
    resources,
)
from ansible_collections.kube_magic.cluster.plugins.module_utils.preflight.host import Host, warning

CHECKS = (
    identity.system,
    identity.hostname,
    network.addresses,
    network.resolution,
    network.nameservers,
    resources.swap,
    clock.time_service,
    resources.memory,
    resources.processors,
    disk.disk,
    disk.devices,
    disk.device_mapper,
    ports.ports,
    kernel.control_groups,
    kernel.container_restrictions,
)


def examine(host, checks=CHECKS):
    """Findings of every check."""
    findings = []
    for check in checks:
        try:
            findings += check(host)
        except Exception as error:  # noqa: BLE001 - a check that fails must not hide what the others find
            name = check.__name__.replace("_", "-")
            findings.append(warning(name, f"this check could not be made: {error}", "Check it by hand."))
    return findings


def command_of(module):
    """Runs a command of the system; one that is not installed fails with code 127."""

    def run(argv):
        tool = module.get_bin_path(argv[0], opt_dirs=["/usr/sbin", "/sbin"])
        return module.run_command([tool, *argv[1:]]) if tool else (127, "", f"{argv[0]}: not installed")

    return run


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
    host = Host(module.params, command_of(module))
    # First of all, for the clock: the other checks take their time.
    observed = identity.observed(host)
    findings = examine(host)
    observed["vip_answers"] = network.vip_answers(host)
    module.exit_json(changed=False, findings=findings, observed=observed)


if __name__ == "__main__":
    main()
