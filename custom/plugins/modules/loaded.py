#!/usr/bin/python
# Runs on every supported host: Python 3.6 or newer, standard library only.


DOCUMENTATION = r"""
---
module: loaded
short_description: Which systemd services run another configuration than the one on disk
description:
  - Compares when a service was last started or reloaded with when its files were last changed.
  - Changes nothing. Reports a change when a service has to be reloaded, so that a handler can be notified. Unlike a
    handler that the writing task notifies, this cannot be lost when a run ends between the two.
options:
  services:
    description: Unit name without suffix, to the paths of its files. A service that does not run is left alone.
    type: dict
    required: true
author:
  - kube-magic (@kube-magic)
"""

EXAMPLES = r"""
- name: See whether HAProxy runs the configuration that is on disk
  kube_magic.cluster.loaded:
    services:
      haproxy: [/etc/haproxy/haproxy.cfg]
  notify: Reload HAProxy
"""

RETURN = r"""
stale:
  description: Names of the services to reload.
  type: list
  elements: str
  returned: always
"""

import os
import time

from ansible.module_utils.basic import AnsibleModule

PROPERTIES = "ActiveState,StateChangeTimestampMonotonic,StatusText"


def is_stale(module, service, files):
    _code, out, _err = module.run_command(
        ["systemctl", "show", service + ".service", "--property=" + PROPERTIES], check_rc=True
    )
    shown = dict(line.partition("=")[::2] for line in out.splitlines())
    if shown.get("ActiveState") not in ("active", "reloading"):
        return False
    # A service with a status line, such as HAProxy, reports there that it continues with the old configuration.
    if "failed" in shown.get("StatusText", "").lower():
        return True
    since_load = time.clock_gettime(time.CLOCK_MONOTONIC) - int(shown["StateChangeTimestampMonotonic"]) / 1e6
    # The inode's change, not the content's: files are written elsewhere and then moved into place.
    since_change = [time.time() - os.stat(path).st_ctime for path in files if os.path.exists(path)]
    return any(age < since_load for age in since_change)


def main():
    module = AnsibleModule(argument_spec={"services": {"type": "dict", "required": True}}, supports_check_mode=True)
    stale = [name for name, files in sorted(module.params["services"].items()) if is_stale(module, name, files)]
    module.exit_json(changed=bool(stale), stale=stale)


if __name__ == "__main__":
    main()
