"""A real Ansible, on this machine alone: names resolve, and modules reach their host with all that they import."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

PLAYBOOK = """
- name: Names of the collection
  hosts: localhost
  connection: local
  gather_facts: false
  tasks:
    - name: Preflight
      kube_magic.cluster.preflight:
        name: no-such-name
        roles: [worker]
      register: result
    - name: Statistics
      ansible.builtin.set_stats:
        data:
          kube_magic_preflight: "{{ {'localhost': result} | kube_magic.cluster.preflight_findings }}"
    - name: Role
      ansible.builtin.include_role:
        name: kube_magic.cluster.packages
      vars:
        packages_names: []
        ansible_facts: { os_family: Debian, distribution: Debian, distribution_major_version: "13" }
"""


def ansible(folder, *argv, **environment):
    """Runs a program beside this Python, with no settings of the caller."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("ANSIBLE_")}
    done = subprocess.run(
        [Path(sys.executable).parent / argv[0], *argv[1:]],
        cwd=folder,
        env={**clean, "ANSIBLE_LOCAL_TEMP": str(folder / "tmp"), **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def played(tmp_path_factory):
    """Events of one playbook, run with the ansible.cfg of the collection."""
    custom = Path(__file__).resolve().parents[3]
    folder = tmp_path_factory.mktemp("a folder with blanks")
    (folder / "playbook.yml").write_text(PLAYBOOK)
    ansible(
        folder,
        "ansible-playbook",
        "-i",
        "localhost,",
        "-e",
        json.dumps({"ansible_python_interpreter": sys.executable}),
        "playbook.yml",
        ANSIBLE_CONFIG=str(custom / "ansible.cfg"),
        ANSIBLE_CACHE_PLUGIN="memory",
        ANSIBLE_CALLBACK_PLUGINS=str(custom / "plugins/callback"),
        ANSIBLE_CALLBACKS_ENABLED="kube_magic_events,kube_magic_speed",
        KUBE_MAGIC_EVENTS=str(folder / "events.jsonl"),
    )
    return [json.loads(line) for line in (folder / "events.jsonl").read_text().splitlines()]


def test_a_module_runs_with_its_module_utils(played):
    findings = played[-1]["custom"]["kube_magic_preflight"]
    assert "hostname" in {one["check"] for one in findings}
    assert not [one for one in findings if "could not be made" in one["message"]]


def test_tasks_of_a_role_have_its_name_and_its_file(played, custom):
    (task,) = [event for event in played if event.get("name") == "Find the missing packages"]
    assert task["role"] == "packages"
    assert task["path"].startswith(f"{custom}/roles/packages/tasks/main.yml:")


@pytest.mark.parametrize("kind", ["module", "lookup"])
def test_every_plugin_is_documented(custom, tmp_path, kind):
    folder = {"module": "modules", "lookup": "lookup"}[kind]
    names = sorted(path.stem for path in (custom / "plugins" / folder).glob("[a-z]*.py"))
    config = str(custom / "ansible.cfg")
    words = ["--type", kind, "--json", *(f"kube_magic.cluster.{name}" for name in names)]
    documented = json.loads(ansible(tmp_path, "ansible-doc", *words, ANSIBLE_CONFIG=config))
    assert sorted(documented) == [f"kube_magic.cluster.{name}" for name in names]
    for name, content in documented.items():
        assert content["doc"]["short_description"], name
        assert content["examples"], name
        assert content["return"], name


def test_an_archive_has_what_is_needed_and_no_more(custom, tmp_path):
    ansible(tmp_path, "ansible-galaxy", "collection", "build", str(custom), "--output-path", str(tmp_path))
    (archive,) = tmp_path.glob("kube_magic-cluster-*.tar.gz")
    listing = subprocess.run(["tar", "--list", "--file", archive], capture_output=True, text=True, check=True).stdout
    names = set(listing.split())
    assert {"MANIFEST.json", "meta/runtime.yml", "playbooks/prep-hosts.yml", "plugins/modules/zones.py"} <= names
    assert "plugins/module_utils/preflight/disk.py" in names
    assert not [name for name in names if name.startswith((".collections", "ansible.cfg")) or name.endswith(".pyc")]
