"""Runs modules in this process, with the arguments that Ansible would send and the result that it would read."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from ansible.module_utils import basic

CUSTOM = Path(__file__).resolve().parents[2]


class Exit(Exception):
    """How a module ended: its result, and whether it failed."""

    def __init__(self, result, failed=False):
        super().__init__(result)
        self.result = result
        self.failed = failed


@pytest.fixture
def custom():
    """The folder of the collection."""
    return CUSTOM


@pytest.fixture
def run_module(monkeypatch, tmp_path):
    """run(module, check=False, **arguments) → result; a failure is a result with failed=True."""
    temporary = tmp_path / "ansible-tmp"
    temporary.mkdir()

    def ends(failed):
        def end(_self, *args, **result):
            if args:
                result["msg"] = args[0]
            raise Exit(result, failed)

        return end

    monkeypatch.setattr(basic.AnsibleModule, "exit_json", ends(False))
    monkeypatch.setattr(basic.AnsibleModule, "fail_json", ends(True))

    def run(module, check=False, diff=True, **arguments):
        internal = {"_ansible_check_mode": check, "_ansible_diff": diff, "_ansible_tmpdir": str(temporary)}
        values = {"ANSIBLE_MODULE_ARGS": {**arguments, **internal}}
        monkeypatch.setattr(basic, "_ANSIBLE_ARGS", json.dumps(values).encode())
        with pytest.raises(Exit) as ended:
            module.main()
        result = ended.value.result
        return {**result, "failed": True} if ended.value.failed else result

    return run


@pytest.fixture
def programs(monkeypatch, tmp_path):
    """program(name, shell) puts a shell script in front of PATH and returns its path."""
    folder = tmp_path / "programs"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder), prepend=":")

    def program(name, shell):
        path = folder / name
        path.write_text(f"#!/bin/sh\n{shell}\n")
        path.chmod(0o755)
        return str(path)

    return program
