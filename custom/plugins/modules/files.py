#!/usr/bin/python
# Runs on every supported host: Python 3.6 or newer, standard library only.


DOCUMENTATION = r"""
---
module: files
short_description: Many small files of root's in one go
description:
  - Writes those that are missing or differ, each atomically. One call in place of two a file, which is what a folder
    costs with the copy module, on every host and in every run.
options:
  files:
    description: Absolute path to content. Folders above are made, readable for everybody.
    type: dict
    required: true
  mode:
    description: Of every file.
    type: str
    default: "0644"
  executables:
    description: Paths of files that are programs; they are 0755.
    type: list
    elements: path
    default: []
  complete:
    description: Folders that hold nothing but these files; others in them are removed.
    type: list
    elements: path
    default: []
author:
  - kube-magic (@kube-magic)
"""

EXAMPLES = r"""
- name: Install a program of several files
  kube_magic.cluster.files:
    files:
      /usr/local/lib/tool/main.py: "{{ lookup('ansible.builtin.file', 'main.py') }}"
    complete: [/usr/local/lib/tool]
"""

RETURN = r"""
paths:
  description: What was written or removed.
  type: list
  elements: str
  returned: always
"""

import os
import stat
import tempfile

from ansible.module_utils.basic import AnsibleModule
from ansible.module_utils.common.text.converters import to_bytes, to_text


def read(path):
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError:
        return None


def is_there(path, content, mode):
    if read(path) != content or os.path.islink(path):
        return False
    info = os.lstat(path)
    return stat.S_IMODE(info.st_mode) == mode and info.st_uid == 0 and info.st_gid == 0


def write(module, path, content, mode):
    folder = os.path.dirname(path)
    if not os.path.isdir(folder):
        os.makedirs(folder, 0o755)
    handle, temporary = tempfile.mkstemp(dir=module.tmpdir)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
    os.chmod(temporary, mode)
    os.chown(temporary, 0, 0)
    module.atomic_move(temporary, path)
    os.chmod(path, mode)
    os.chown(path, 0, 0)


def strangers(folder, known):
    if not os.path.isdir(folder):
        return []
    paths = [os.path.join(folder, name) for name in sorted(os.listdir(folder))]
    return [path for path in paths if path not in known and not os.path.isdir(path)]


def main():
    module = AnsibleModule(
        argument_spec={
            "files": {"type": "dict", "required": True},
            "mode": {"type": "str", "default": "0644"},
            "executables": {"type": "list", "elements": "path", "default": []},
            "complete": {"type": "list", "elements": "path", "default": []},
        },
        supports_check_mode=True,
    )
    changed, diff = [], []
    for path, text in sorted(module.params["files"].items()):
        content = to_bytes(text)
        mode = 0o755 if path in module.params["executables"] else int(module.params["mode"], 8)
        if is_there(path, content, mode):
            continue
        changed.append(path)
        before = to_text(read(path) or b"", errors="replace")
        diff.append({"before_header": path, "after_header": path, "before": before, "after": to_text(content)})
        if not module.check_mode:
            write(module, path, content, mode)
    for folder in module.params["complete"]:
        for path in strangers(folder, module.params["files"]):
            changed.append(path)
            if not module.check_mode:
                os.unlink(path)
    module.exit_json(changed=bool(changed), paths=changed, diff=diff if module._diff else [])


if __name__ == "__main__":
    main()
