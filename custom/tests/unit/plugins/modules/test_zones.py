from __future__ import annotations

import os
import time

import pytest
from ansible.module_utils.basic import AnsibleModule
from ansible_collections.kube_magic.cluster.plugins.modules import zones

ZONE = {"name": "example.com", "records": ["example.com. NS ns1.example.com.", "ns1.example.com. A 192.0.2.1"]}


@pytest.fixture
def folder(tmp_path):
    place = tmp_path / "zones"
    place.mkdir()
    return place


@pytest.fixture
def checker(programs, monkeypatch):
    """named-checkzone that takes every zone but those whose text has the word BROKEN."""
    path = programs("named-checkzone", 'if grep -q BROKEN "$4"; then echo "zone $3: refused"; exit 1; fi')
    monkeypatch.setattr(AnsibleModule, "get_bin_path", lambda *_args, **_options: path)


@pytest.fixture
def write(run_module, folder):
    def run(*wanted, **options):
        arguments = {
            "folder": str(folder),
            "zones": list(wanted),
            "server": "ns1.example.com",
            "contact": "root.example.com",
        }
        return run_module(zones, **{**arguments, **options})

    return run


@pytest.mark.parametrize(
    ("last", "now", "wanted"),
    [
        (None, 1000, 1000),
        (999, 1000, 1000),
        (1000, 1000, 1001),
        (2000, 1000, 2001),
        # More than half of the numbers ahead counts as behind (RFC 1982).
        (1, 1 + 2**31, 2),
        (zones.LARGEST, 1000, 1),
    ],
)
def test_a_serial_goes_up(last, now, wanted):
    assert zones.next_serial(last, now) == wanted


@pytest.mark.parametrize(
    "record",
    [
        "a.example.com. A 192.0.2.1",
        "*.example.com. AAAA 2001:db8::1",
        "example.com. MX 10 mail.example.com.",
        "_etcd._tcp.example.com. SRV 0 0 2379 e1.example.com.",
        'example.com. TXT "v=spf1 -all" "second; part"',
    ],
)
def test_takes_a_record(record):
    assert zones.RECORD.match(record)


@pytest.mark.parametrize(
    "record",
    [
        "a.example.com A 192.0.2.1",
        "a.example.com. A 192.0.2.1\nb.example.com. A 192.0.2.2",
        "a.example.com. A 192.0.2.1 ; comment",
        "$INCLUDE /etc/shadow",
        "a.example.com. A (192.0.2.1",
        'example.com. TXT "open',
        "a.example.com. NAPTR x",
    ],
)
def test_refuses_a_record_that_could_be_more_than_one(write, record):
    result = write({"name": "example.com", "records": [record]})
    assert result["failed"]
    assert "this is no record" in result["msg"]


@pytest.mark.parametrize("name", ["", "../etc/passwd", "a..b", "Example.com", "-x"])
def test_refuses_a_name_that_is_no_zone(write, name):
    assert "cannot be the name of a zone" in write({"name": name, "records": []})["msg"]


def test_writes_a_zone_that_named_can_read(write, folder, checker):
    before = int(time.time())
    result = write(ZONE)
    text = (folder / "example.com.zone").read_text()
    serial = result["serials"]["example.com"]
    assert result["changed"]
    assert serial >= before
    assert text.startswith(zones.MARKER)
    assert "example.com. IN SOA ns1.example.com. root.example.com. (" in text
    assert f"    {serial} ; serial\n" in text
    assert "ns1.example.com. IN A 192.0.2.1\n" in text
    assert os.stat(folder / "example.com.zone").st_mode & 0o777 == 0o644


def test_leaves_an_unchanged_zone_with_its_serial(write, folder, checker):
    first = write(ZONE)
    stamp = (folder / "example.com.zone").stat().st_mtime_ns
    again = write(ZONE)
    assert not again["changed"]
    assert again["serials"] == first["serials"]
    assert (folder / "example.com.zone").stat().st_mtime_ns == stamp


def test_gives_a_changed_zone_a_higher_serial(write, checker):
    first = write(ZONE)["serials"]["example.com"]
    changed = {**ZONE, "records": [*ZONE["records"], "b.example.com. A 192.0.2.2"]}
    assert write(changed)["serials"]["example.com"] > first


def test_replaces_all_zones_or_none(write, folder, checker):
    write(ZONE)
    before = (folder / "example.com.zone").read_text()
    good = {**ZONE, "records": [*ZONE["records"], "b.example.com. A 192.0.2.2"]}
    broken = {"name": "broken.example", "records": ["BROKEN.example. A 192.0.2.1"]}
    result = write(good, broken)
    assert result["failed"]
    assert "zone broken.example: refused" in result["msg"]
    assert (folder / "example.com.zone").read_text() == before
    assert not (folder / "broken.example.zone").exists()


def test_removes_the_zones_that_are_gone_and_no_foreign_file(write, folder, checker):
    write(ZONE, {"name": "old.example", "records": []})
    (folder / "foreign.zone").write_text("; by hand\n")
    (folder / "notes.txt").write_text("x")
    result = write(ZONE)
    assert result["removed"] == [str(folder / "old.example.zone")]
    assert sorted(os.listdir(folder)) == ["example.com.zone", "foreign.zone", "notes.txt"]


def test_a_secondary_has_none(write, folder, checker):
    write(ZONE)
    assert write()["changed"]
    assert os.listdir(folder) == []


def test_writes_nothing_in_check_mode(write, folder, checker):
    result = write(ZONE, check=True)
    assert result["changed"]
    assert result["diff"][0]["after"].startswith(zones.MARKER)
    assert os.listdir(folder) == []


def test_needs_named_checkzone_except_in_check_mode(write, monkeypatch):
    monkeypatch.setattr(AnsibleModule, "get_bin_path", lambda *_args, **_options: None)
    assert "named-checkzone is not installed" in write(ZONE)["msg"]
    assert write(ZONE, check=True)["changed"]
