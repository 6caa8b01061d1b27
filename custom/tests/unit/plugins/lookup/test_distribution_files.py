from __future__ import annotations

from pathlib import Path

import pytest
from ansible.errors import AnsibleError
from ansible_collections.kube_magic.cluster.plugins.lookup import distribution_files


def find(role, distribution, major, family):
    facts = {"distribution": distribution, "distribution_major_version": major, "os_family": family}
    found = distribution_files.LookupModule().run([str(role)], {"ansible_facts": facts})
    return [Path(path).name for path in found]


@pytest.fixture
def role(tmp_path):
    (tmp_path / "vars").mkdir()
    for name in ("main", "os-family-Debian", "Debian", "Debian-13", "os-family-RedHat", "RedHat-8"):
        (tmp_path / "vars" / f"{name}.yml").write_text("---\n")
    return tmp_path


@pytest.mark.parametrize(
    ("system", "names"),
    [
        (("Debian", "13", "Debian"), ["os-family-Debian.yml", "Debian.yml", "Debian-13.yml"]),
        (("Debian", "12", "Debian"), ["os-family-Debian.yml", "Debian.yml"]),
        (("Ubuntu", "24", "Debian"), ["os-family-Debian.yml"]),
        (("RedHat", "8", "RedHat"), ["os-family-RedHat.yml", "RedHat-8.yml"]),
        (("Rocky", "8", "RedHat"), ["os-family-RedHat.yml"]),
    ],
)
def test_the_more_specific_file_comes_later_and_wins(role, system, names):
    assert find(role, *system) == names


def test_names_an_unsupported_system(role):
    with pytest.raises(AnsibleError, match="does not support SLES 15"):
        find(role, "SLES", "15", "Suse")


def test_finds_nothing_without_facts(role):
    assert distribution_files.LookupModule().run([str(role)], {"ansible_facts": {}}) == []


@pytest.mark.parametrize("family", ["Debian", "RedHat"])
def test_every_role_supports_the_family(custom, family):
    for folder in (custom / "roles").glob("*/vars"):
        if list(folder.glob("os-family-*.yml")):
            assert find(folder.parent, "X", "1", family) == [f"os-family-{family}.yml"]
