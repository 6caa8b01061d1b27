# -*- coding: utf-8 -*-
# Writes one JSON object a line to the file named by KUBE_MAGIC_EVENTS, beside whatever callback prints.
# It loads in every Ansible that the vendored tools need, from 2.9 up, so: no f-strings, no annotations, no imports
# beyond the standard library and CallbackBase. The event types are in tasks/core/events.ts.
from __future__ import absolute_import, division, print_function

__metaclass__ = type

DOCUMENTATION = """
    name: kube_magic_events
    type: notification
    short_description: machine-readable progress of a playbook
    description:
      - Appends one JSON object a line to the file named by the environment variable KUBE_MAGIC_EVENTS.
      - Does nothing when the variable is not set.
"""

import json
import os
import time

from ansible.plugins.callback import CallbackBase

# A message is for one screen; the whole output is in the log.
MESSAGE_LIMIT = 4000


def _message(result):
    """The sentence that says why a task failed, out of the many places where modules put it."""
    if result.get("censored"):
        return result["censored"]
    parts = []
    for key in ("msg", "stderr", "module_stderr", "reason", "exception"):
        value = result.get(key)
        if value and key == "exception" and parts:
            continue
        if value and str(value) not in parts:
            parts.append(value if isinstance(value, str) else str(value))
    failed_items = [item for item in result.get("results") or [] if isinstance(item, dict) and item.get("failed")]
    for item in failed_items[:5]:
        label = item.get("_ansible_item_label", item.get("item", ""))
        parts.append("item {0}: {1}".format(label, _message(item)))
    text = "\n".join(part.strip() for part in parts if part.strip())
    return text[:MESSAGE_LIMIT] or "no message"


def _file_behind(path):
    """The file itself: Ansible reaches our collection through the link in custom/.collections."""
    return os.path.realpath(path) if "/ansible_collections/" in path else path


class CallbackModule(CallbackBase):
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "notification"
    CALLBACK_NAME = "kube_magic_events"

    def __init__(self, *args, **kwargs):
        super(CallbackModule, self).__init__(*args, **kwargs)
        path = os.environ.get("KUBE_MAGIC_EVENTS")
        # Appending keeps lines whole when another process writes to the file as well.
        self._fd = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600) if path else None
        self._phase = os.environ.get("KUBE_MAGIC_PHASE", "")
        self._play = None

    def _emit(self, kind, **fields):
        if self._fd is None:
            return
        event = {"kind": kind, "time": round(time.time(), 3), "phase": self._phase}
        event.update(fields)
        line = json.dumps(event, default=str) + "\n"
        os.write(self._fd, line.encode("utf-8", "replace"))

    def v2_playbook_on_start(self, playbook):
        self._emit("playbook-start", playbook=getattr(playbook, "_file_name", ""))

    def v2_playbook_on_play_start(self, play):
        self._play = play
        self._emit("play-start", name=play.get_name().strip(), pattern=self._pattern(play))

    def v2_playbook_on_no_hosts_matched(self):
        play = self._play
        self._emit(
            "no-hosts-matched",
            name=play.get_name().strip() if play else "",
            pattern=self._pattern(play) if play else "",
        )

    def v2_playbook_on_no_hosts_remaining(self):
        self._emit("no-hosts-remaining")

    def v2_playbook_on_task_start(self, task, is_conditional):
        self._task_start(task, False)

    def v2_playbook_on_cleanup_task_start(self, task):
        self._task_start(task, False)

    def v2_playbook_on_handler_task_start(self, task):
        self._task_start(task, True)

    def _task_start(self, task, handler):
        fields = {
            "task": str(task._uuid),
            "name": str(task.name or task.action),
            "action": str(task.action),
            "handler": handler,
        }
        role = getattr(task, "_role", None)
        if role is not None:
            # Without its collection: which one it is, the path says.
            fields["role"] = str(getattr(role, "_role_name", None) or role.get_name())
        path = task.get_path()
        if path:
            fields["path"] = _file_behind(str(path))
        self._emit("task-start", **fields)

    def v2_runner_on_ok(self, result):
        changed = bool(result._result.get("changed", False))
        self._emit("host-ok", task=str(result._task._uuid), host=result._host.get_name(), changed=changed)

    def v2_runner_on_skipped(self, result):
        self._emit("host-skipped", task=str(result._task._uuid), host=result._host.get_name())

    def v2_runner_on_failed(self, result, ignore_errors=False):
        self._emit(
            "host-failed",
            task=str(result._task._uuid),
            host=result._host.get_name(),
            ignored=bool(ignore_errors),
            message=_message(result._result),
        )

    def v2_runner_on_unreachable(self, result):
        self._emit(
            "host-unreachable",
            task=str(result._task._uuid),
            host=result._host.get_name(),
            ignored=bool(getattr(result._task, "ignore_unreachable", None)),
            message=_message(result._result),
        )

    def v2_runner_retry(self, result):
        self._emit(
            "host-retry",
            task=str(result._task._uuid),
            host=result._host.get_name(),
            attempt=int(result._result.get("attempts", 0)),
            retries=int(result._result.get("retries", 0)),
        )

    def v2_playbook_on_stats(self, stats):
        hosts = {}
        for host in sorted(stats.processed):
            numbers = stats.summarize(host)
            hosts[host] = {
                key: int(numbers.get(key, 0))
                for key in ("ok", "changed", "failures", "unreachable", "skipped", "rescued", "ignored")
            }
        custom = dict(getattr(stats, "custom", {}) or {})
        self._emit("stats", hosts=hosts, custom=custom.get("_run", {}))

    @staticmethod
    def _pattern(play):
        hosts = getattr(play, "hosts", "")
        return ",".join(str(part) for part in hosts) if isinstance(hosts, (list, tuple)) else str(hosts)
