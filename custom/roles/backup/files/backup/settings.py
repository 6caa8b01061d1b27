"""The settings of this host, written by Ansible, and the places that follow from them."""

import json
import os

from failure import Failure

FILE = "/etc/kube-magic/backup/settings.json"
PROGRAMS = "/usr/local/bin:/usr/local/sbin:/usr/bin:/usr/sbin:/bin:/sbin:/opt/bin"


class Settings:
    def __init__(self, path=FILE):
        try:
            with open(path, encoding="utf-8") as file:
                values = json.load(file)
        except (OSError, ValueError) as error:
            raise Failure("settings", f"{path}: {error}; npm run deploy:post -- --tags backup writes it") from error
        if values.get("version") != 1:
            version = values.get("version")
            remedy = "npm run deploy:post -- --tags backup"
            raise Failure("settings", f"{path} has version {version}, this program reads version 1: {remedy}")
        self.cluster = values["cluster"]
        self.host = values["host"]
        self.repository = values["repository"]
        self.password_file = values["password_file"]
        self.paths = values["paths"]
        self.excluded = values["excluded"]
        self.bundle = values["controller_bundle"]
        self.etcd = values["etcd"]
        self.objects = values["objects"]
        self.keep = values["keep"]
        self.lock_wait_seconds = values["lock_wait_seconds"]
        self.freshness = values["freshness"]
        self.textfile_dir = values["textfile_dir"]
        self.state = values["state"]

    def place(self, *names):
        return os.path.join(self.state, *names)

    @property
    def stage(self):
        """What is backed up: always the same path, so that restic finds what it has already."""
        return self.place("stage")

    @property
    def environment(self):
        """For every program that we run: nothing from the caller, who may be a person with other settings."""
        return {"PATH": PROGRAMS, "HOME": self.state, "LC_ALL": "C.UTF-8", "TZ": "UTC"}
