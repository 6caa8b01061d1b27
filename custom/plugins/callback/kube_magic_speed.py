# -*- coding: utf-8 -*-
# Two things that Ansible has no setting for; bench/deploy.ts measures them, docs/decisions/0007 has the figures.
# It loads in every Ansible that the vendored tools need, from 2.9 up, like kube_magic_events.
from __future__ import absolute_import, division, print_function

__metaclass__ = type

DOCUMENTATION = """
    name: kube_magic_speed
    type: notification
    short_description: keeps assembled modules from run to run, and the garbage collector out of the workers
    description:
      - Ansible assembles each module with all that it imports once a run, while every host waits for it. With the
        environment variable KUBE_MAGIC_MODULES the assembled ones stay in that folder for as long as
        KUBE_MAGIC_MODULES_ID, a hash of everything that they are made of, is the same.
      - Ansible forks a worker for every task on every host. A collection there touches, and so copies, all that the
        worker shares with its parent.
"""

import gc
import os

from ansible import constants
from ansible.plugins.callback import CallbackBase

# By count of new objects; Python's own is 700.
COLLECT_AFTER = 50000


def _has_foreign_modules():
    """True when modules may come from folders that the identity does not cover."""
    tree = os.path.join(os.getcwd(), "")
    paths = (constants.DEFAULT_MODULE_PATH or []) + (constants.DEFAULT_MODULE_UTILS_PATH or [])
    return any(os.path.isdir(path) and not os.path.abspath(path).startswith(tree) for path in paths)


def _forget_others(folder, identity):
    note = os.path.join(folder, "made-of")
    if os.path.exists(note):
        with open(note) as file:
            if file.read() == identity:
                return
    for name in os.listdir(folder):
        if "-ZIP_" in name:
            os.unlink(os.path.join(folder, name))
    # Last: a run that is killed before this leaves a folder that the next one empties again.
    with open(note, "w") as file:
        file.write(identity)


def keep_modules(folder, identity):
    """Lets Ansible's folder of assembled modules, which goes away with the run, be one that stays."""
    try:
        if not os.path.isdir(folder):
            os.makedirs(folder, 0o700)
        _forget_others(folder, identity)
        os.symlink(folder, os.path.join(constants.DEFAULT_LOCAL_TMP, "ansiballz_cache"))
    except (IOError, OSError):
        # Only slower.
        pass


class CallbackModule(CallbackBase):
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "notification"
    CALLBACK_NAME = "kube_magic_speed"

    def __init__(self, *args, **kwargs):
        super(CallbackModule, self).__init__(*args, **kwargs)
        folder, identity = os.environ.get("KUBE_MAGIC_MODULES"), os.environ.get("KUBE_MAGIC_MODULES_ID")
        if folder and identity and not _has_foreign_modules():
            keep_modules(folder, identity)

    def v2_playbook_on_start(self, playbook):
        gc.collect()
        if hasattr(gc, "freeze"):
            gc.freeze()
        gc.set_threshold(COLLECT_AFTER)
