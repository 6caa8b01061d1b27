#!/usr/bin/python
# Runs on every supported host: Python 3.6 or newer, standard library only.


DOCUMENTATION = r"""
---
module: kernel
short_description: Kernel modules and settings, now and after a reboot, as far as this kernel has them
description:
  - Loads modules and sets sysctl keys, and writes them to C(/etc/modules-load.d) and C(/etc/sysctl.d).
  - A module or a key that this kernel does not have is skipped and named in the result, not a failure.
options:
  name:
    description: Who asks; the files are named C(60-kube-magic-NAME.conf).
    type: str
    required: true
  modules:
    description: Names of kernel modules.
    type: list
    elements: str
    default: []
  sysctls:
    description: Keys, as sysctl writes them, to values.
    type: dict
    default: {}
author:
  - kube-magic (@kube-magic)
"""

EXAMPLES = r"""
- name: Forward packets
  kube_magic.cluster.kernel:
    name: commons
    modules: [br_netfilter]
    sysctls:
      net.ipv4.ip_forward: 1
"""

RETURN = r"""
skipped_settings:
  description: What this kernel does not have, as name to reason.
  type: dict
  returned: always
applied:
  description: What was loaded or set by this run.
  type: list
  elements: str
  returned: always
"""

import os

from ansible.module_utils.basic import AnsibleModule

PROC_MODULES = "/proc/modules"
PROC_SYS = "/proc/sys"
SYS_MODULE = "/sys/module"
MODULES_FOLDER = "/etc/modules-load.d"
SYSCTL_FOLDER = "/etc/sysctl.d"
MARKER = "# Managed by kube-magic: what is changed here by hand is lost at the next deploy.\n"


def read(path):
    """The file's text, None when it is not there or cannot be read."""
    try:
        with open(path) as stream:
            return stream.read()
    except OSError:
        return None


def sysctl_path(key):
    """net.ipv4.ip_forward and net/ipv4/conf/eth0.7/forwarding, by sysctl's own rule of the first separator."""
    if "/" in key and ("." not in key or key.index("/") < key.index(".")):
        return os.path.join(PROC_SYS, key)
    return os.path.join(PROC_SYS, key.replace("/", "\0").replace(".", "/").replace("\0", "."))


class Kernel:
    def __init__(self, module):
        self.module = module
        self.skipped = {}
        self.applied = []
        self.diffs = []

    def load(self, name):
        """True when the module is there, or could be loaded."""
        if os.path.isdir(os.path.join(SYS_MODULE, name.replace("-", "_"))):
            return True
        modprobe = self.module.get_bin_path("modprobe")
        if read(PROC_MODULES) is None:
            self.skipped[name] = "this kernel loads no modules: it is built in, if it is there at all"
            return False
        if modprobe is None:
            self.skipped[name] = "no modprobe on this host"
            return False
        if self.module.run_command([modprobe, "--dry-run", "--quiet", name])[0] != 0:
            self.skipped[name] = "not among the modules of this kernel"
            return False
        self.applied.append("modprobe " + name)
        if not self.module.check_mode:
            self.module.run_command([modprobe, name], check_rc=True)
        return True

    def set(self, key, wanted):
        """True when the key exists and has, or was given, the value."""
        path = sysctl_path(key)
        current = read(path)
        if current is None:
            self.skipped[key] = "not a key of this kernel"
            return False
        if current.split() == wanted.split():
            return True
        if os.statvfs(path).f_flag & os.ST_RDONLY:
            self.skipped[key] = "read-only here: it belongs to the host of this container"
            return False
        if not self.module.check_mode:
            try:
                with open(path, "w") as stream:
                    stream.write(wanted)
            except OSError as error:
                self.module.fail_json(msg=f"{key} cannot be set to {wanted}: {error}")
        self.applied.append(f"{key}={wanted}")
        return True

    def persist(self, path, lines):
        """Writes the lines below the marker; no lines, no file."""
        before = read(path) or ""
        after = MARKER + "".join(line + "\n" for line in lines) if lines else ""
        if before == after:
            return
        self.diffs.append({"before": before, "after": after, "before_header": path, "after_header": path})
        if self.module.check_mode:
            return
        if not lines:
            os.unlink(path)
            return
        folder = os.path.dirname(path)
        if not os.path.isdir(folder):
            os.makedirs(folder, 0o755)
        temporary = os.path.join(self.module.tmpdir, os.path.basename(path))
        with open(temporary, "w") as stream:
            stream.write(after)
        self.module.atomic_move(temporary, path)
        os.chmod(path, 0o644)


def main():
    module = AnsibleModule(
        argument_spec={
            "name": {"type": "str", "required": True},
            "modules": {"type": "list", "elements": "str", "default": []},
            "sysctls": {"type": "dict", "default": {}},
        },
        supports_check_mode=True,
    )
    kernel = Kernel(module)
    stem = "60-kube-magic-{}.conf".format(module.params["name"])
    # Modules first: some keys exist only once their module is loaded.
    modules = [name for name in module.params["modules"] if kernel.load(name)]
    settings = [(key, str(value)) for key, value in sorted(module.params["sysctls"].items())]
    kept = [f"{key} = {value}" for key, value in settings if kernel.set(key, value)]
    kernel.persist(os.path.join(MODULES_FOLDER, stem), modules)
    kernel.persist(os.path.join(SYSCTL_FOLDER, stem), kept)
    module.exit_json(
        changed=bool(kernel.applied or kernel.diffs),
        applied=kernel.applied,
        skipped_settings=kernel.skipped,
        diff=kernel.diffs,
    )


if __name__ == "__main__":
    main()
