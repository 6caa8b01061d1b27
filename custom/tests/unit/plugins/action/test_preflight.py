from __future__ import annotations

import time
import types

import pytest
from ansible.errors import AnsibleConnectionFailure, AnsibleError
from ansible_collections.kube_magic.cluster.plugins.action import preflight


class Connection:
    def __init__(self, become=None):
        self.become = become

    def get_option(self, _name):
        return "admin"

    def set_become_plugin(self, plugin):
        self.become = plugin


@pytest.fixture
def look(monkeypatch):
    """look(answers of the module, in order; exceptions are raised) → (findings, observed), calls"""
    monkeypatch.setattr(preflight.time, "sleep", lambda _seconds: None)

    def run(*answers, become=None, task_vars=None):
        action = preflight.ActionModule.__new__(preflight.ActionModule)
        action._connection = Connection(become)
        action._task = types.SimpleNamespace(args={"clock_offset_seconds": 5})
        action._facts = {}
        left = list(answers)

        def execute(**_arguments):
            answer = left.pop(0)
            if isinstance(answer, Exception):
                raise answer
            return answer

        action._execute_module = execute
        variables = {"ansible_host": "192.0.2.1", "ansible_facts": {}, **(task_vars or {})}
        result = action._look(variables)
        assert left == []
        return result

    return run


def good(offset=0.0):
    return {"findings": [], "observed": {"time": time.time() + offset}}


def test_passes_the_findings_on(look):
    findings, observed = look(good())
    assert findings == []
    assert "time" in observed


@pytest.mark.parametrize("offset", [-60, 60])
def test_compares_the_clocks(look, offset):
    ((found,), _observed) = look(good(offset))
    assert found["check"] == "clock"
    assert found["message"] == "its clock is 60 s away from this machine's"


@pytest.mark.parametrize(
    ("words", "remedy"),
    [
        ("ssh: connect to host 192.0.2.1 port 22: Connection refused", "Start the SSH server"),
        ("Host key verification failed.", "ssh-keygen -R 192.0.2.1"),
        ("admin@192.0.2.1: Permission denied (publickey).", "ssh-copy-id admin@192.0.2.1"),
        ("ssh: Could not resolve hostname x: Name or service not known", "its name does not resolve here"),
        ("ssh: connect to host 192.0.2.1 port 22: Connection timed out", "ping 192.0.2.1"),
        ("Permissions 0644 for 'key' are too open: UNPROTECTED PRIVATE KEY FILE", "chmod 600"),
    ],
)
def test_an_unreachable_host_is_a_finding(look, words, remedy):
    failure = AnsibleConnectionFailure(f"Failed to connect to the host via ssh: {words}")
    ((found,), observed) = look(failure)
    assert found["check"] == "ssh"
    assert found["message"] in words
    assert remedy in found["remedy"]
    assert observed == {}


def test_tries_once_more_when_the_reason_is_not_clear(look):
    assert look(AnsibleConnectionFailure("broken pipe"), good())[0] == []
    ((found,), _observed) = look(AnsibleConnectionFailure("broken pipe"), AnsibleConnectionFailure("broken pipe"))
    assert found["remedy"] == "Try it by hand: ssh admin@192.0.2.1"


def test_a_host_without_python_is_a_finding(look):
    ((found,), _observed) = look({"module_stderr": "/bin/sh: 1: /usr/bin/python3: not found"})
    assert found["check"] == "python"
    assert found["remedy"].startswith("Install Python 3.8 or newer")


def test_discovers_python_again_once(look):
    facts = {preflight.DISCOVERED: "/usr/bin/python3.9"}
    answers = [{"module_stderr": "/bin/sh: /usr/bin/python3.9: No such file or directory"}, good()]
    assert look(*answers, task_vars={"ansible_facts": facts})[0] == []
    assert facts == {}


def test_without_rights_it_sees_what_it_can(look):
    become = types.SimpleNamespace(name="sudo")
    findings, _observed = look(AnsibleError("sudo: a password is required"), good(), become=become)
    assert [one["check"] for one in findings] == ["sudo"]
    assert "admin ALL=(ALL) NOPASSWD: ALL" in findings[0]["remedy"]


def test_says_why_the_module_did_not_run(look):
    failure = "Traceback (most recent call last):\n  File x\nValueError: bad"
    ((found,), _observed) = look({"module_stderr": failure})
    assert found["message"] == "the checks did not run: ValueError: bad"
