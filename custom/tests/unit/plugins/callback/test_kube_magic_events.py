from __future__ import annotations

import json
import types

import pytest
from ansible_collections.kube_magic.cluster.plugins.callback import kube_magic_events


def task(**fields):
    defaults = {"_uuid": "u1", "name": "Install", "action": "apt", "_role": None, "get_path": lambda: "/x/main.yml:8"}
    return types.SimpleNamespace(**{**defaults, **fields})


def outcome(result=None, **fields):
    host = types.SimpleNamespace(get_name=lambda: "lb1")
    return types.SimpleNamespace(_task=task(**fields), _host=host, _result=result or {})


@pytest.fixture
def events(monkeypatch, tmp_path):
    """The callback, and a function that returns its events without their time."""
    path = tmp_path / "events.jsonl"
    monkeypatch.setenv("KUBE_MAGIC_EVENTS", str(path))
    monkeypatch.setenv("KUBE_MAGIC_PHASE", "prep-hosts")
    callback = kube_magic_events.CallbackModule()

    def read():
        found = [json.loads(line) for line in path.read_text().splitlines()]
        for event in found:
            assert event.pop("time") > 0
            assert event.pop("phase") == "prep-hosts"
        return found

    return callback, read


def test_writes_nothing_without_the_variable(monkeypatch, tmp_path):
    monkeypatch.delenv("KUBE_MAGIC_EVENTS", raising=False)
    kube_magic_events.CallbackModule().v2_playbook_on_no_hosts_remaining()
    assert list(tmp_path.iterdir()) == []


def test_tells_of_plays(events):
    callback, read = events
    play = types.SimpleNamespace(get_name=lambda: " Every host ", hosts=["all", "!ceph"])
    callback.v2_playbook_on_start(types.SimpleNamespace(_file_name="prep-hosts.yml"))
    callback.v2_playbook_on_play_start(play)
    callback.v2_playbook_on_no_hosts_matched()
    assert read() == [
        {"kind": "playbook-start", "playbook": "prep-hosts.yml"},
        {"kind": "play-start", "name": "Every host", "pattern": "all,!ceph"},
        {"kind": "no-hosts-matched", "name": "Every host", "pattern": "all,!ceph"},
    ]


def test_names_the_role_without_its_collection_and_the_file_behind_the_link(events, tmp_path):
    callback, read = events
    (tmp_path / "real/tasks").mkdir(parents=True)
    (tmp_path / "ansible_collections").mkdir()
    (tmp_path / "ansible_collections/link").symlink_to(tmp_path / "real")
    role = types.SimpleNamespace(_role_name="dns", get_name=lambda: "kube_magic.cluster.dns")
    linked = f"{tmp_path}/ansible_collections/link/tasks/main.yml:8"
    callback.v2_playbook_on_task_start(task(_role=role, get_path=lambda: linked), False)
    (event,) = read()
    assert event["role"] == "dns"
    assert event["path"] == f"{tmp_path}/real/tasks/main.yml:8"


def test_leaves_other_paths_and_roles_as_they_are(events):
    callback, read = events
    old = types.SimpleNamespace(get_name=lambda: "etcd")
    callback.v2_playbook_on_handler_task_start(task(name="", _role=old))
    assert read() == [
        {
            "kind": "task-start",
            "task": "u1",
            "name": "apt",
            "action": "apt",
            "handler": True,
            "role": "etcd",
            "path": "/x/main.yml:8",
        }
    ]


def test_tells_what_became_of_a_task(events):
    callback, read = events
    callback.v2_runner_on_ok(outcome({"changed": True}))
    callback.v2_runner_on_skipped(outcome())
    callback.v2_runner_on_failed(outcome({"msg": "No package"}), ignore_errors=True)
    callback.v2_runner_on_unreachable(outcome({"msg": "timed out"}, ignore_unreachable=True))
    callback.v2_runner_retry(outcome({"attempts": 2, "retries": 5}))
    brief = [{key: value for key, value in event.items() if key not in ("task", "host")} for event in read()]
    assert brief == [
        {"kind": "host-ok", "changed": True},
        {"kind": "host-skipped"},
        {"kind": "host-failed", "ignored": True, "message": "No package"},
        {"kind": "host-unreachable", "ignored": True, "message": "timed out"},
        {"kind": "host-retry", "attempt": 2, "retries": 5},
    ]


def test_hands_statistics_over(events):
    callback, read = events
    stats = types.SimpleNamespace(
        processed={"b": 1, "a": 1},
        summarize=lambda host: {"ok": 3, "failures": 1 if host == "b" else 0},
        custom={"_run": {"kube_magic_preflight": [{"host": "b"}]}},
    )
    callback.v2_playbook_on_stats(stats)
    (event,) = read()
    assert event["custom"] == {"kube_magic_preflight": [{"host": "b"}]}
    assert event["hosts"]["b"]["failures"] == 1
    assert event["hosts"]["a"] == {
        "ok": 3,
        "changed": 0,
        "failures": 0,
        "unreachable": 0,
        "skipped": 0,
        "rescued": 0,
        "ignored": 0,
    }


@pytest.mark.parametrize(
    ("result", "message"),
    [
        ({}, "no message"),
        ({"msg": "a", "stderr": "b"}, "a\nb"),
        ({"msg": "a", "stderr": "a"}, "a"),
        ({"exception": "traceback"}, "traceback"),
        ({"msg": "a", "exception": "traceback"}, "a"),
        ({"censored": "hidden", "msg": "secret"}, "hidden"),
        ({"msg": ["a", "b"]}, "['a', 'b']"),
        ({"msg": "x" * 9000}, "x" * kube_magic_events.MESSAGE_LIMIT),
        (
            {"msg": "All items completed", "results": [{"failed": True, "item": "n1", "msg": "bad"}, {"msg": "good"}]},
            "All items completed\nitem n1: bad",
        ),
    ],
)
def test_finds_the_reason_of_a_failure(result, message):
    assert kube_magic_events._message(result) == message
