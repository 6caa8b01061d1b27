from __future__ import annotations

import json
import subprocess

import pytest


@pytest.fixture
def routes(load, monkeypatch, tmp_path):
    """The program with its folder in a temporary place and a kernel that only records."""
    program = load("host_routes/files/kube-magic-routes")
    monkeypatch.setattr(program, "FOLDER", str(tmp_path))
    kernel = {"route": [], "rule": [], "calls": [], "fails": ()}

    def ip(*words):
        if words[0] == "-json":
            # `ip -json -4 route show ...`; the other family has nothing.
            found = kernel[words[2]] if words[1] == "-4" else []
            return subprocess.CompletedProcess(words, 0, json.dumps(found), "")
        kernel["calls"].append(" ".join(words))
        failed = any(text in kernel["calls"][-1] for text in kernel["fails"])
        return subprocess.CompletedProcess(words, 2 if failed else 0, "", "no such device" if failed else "")

    monkeypatch.setattr(program, "ip", ip)
    return program, kernel, tmp_path


def write(folder, name, *lines):
    (folder / f"{name}.conf").write_text("# comment\n\n" + "".join(f"{line}\n" for line in lines))


def test_adds_what_the_kernel_lacks_rules_last(routes):
    program, kernel, folder = routes
    write(
        folder,
        "edge",
        "rule from 192.0.2.0/24 table 100 priority 1000",
        "route 0.0.0.0/0 via 192.0.2.1 dev eth1 table 100",
        "route 198.51.100.0/24 dev eth1 table 100",
    )
    assert program.agree(False, None)
    assert kernel["calls"] == [
        "-4 route replace 198.51.100.0/24 dev eth1 table 100 proto 177",
        "-4 route replace 0.0.0.0/0 via 192.0.2.1 dev eth1 table 100 proto 177",
        "-4 rule add from 192.0.2.0/24 table 100 priority 1000 protocol 177",
    ]


def test_leaves_what_is_there(routes, capsys):
    program, kernel, folder = routes
    write(folder, "pods", "route 10.233.64.0/24 via 192.0.2.11", "rule from 192.0.2.0/24 table 100 priority 1000")
    kernel["route"] = [{"dst": "10.233.64.0/24", "gateway": "192.0.2.11", "dev": "eth0"}]
    kernel["rule"] = [{"src": "192.0.2.0", "srclen": 24, "table": "100", "priority": 1000, "protocol": "177"}]
    assert program.agree(False, None)
    assert kernel["calls"] == []
    assert capsys.readouterr().out == ""


def test_removes_only_what_it_made_rules_first(routes):
    program, kernel, _folder = routes
    kernel["route"] = [{"dst": "10.233.65.0/24", "gateway": "192.0.2.12", "dev": "eth0"}]
    kernel["rule"] = [
        {"src": "192.0.2.0", "srclen": 24, "table": "100", "priority": 1000, "protocol": "177"},
        {"src": "all", "table": "main", "priority": 32766, "protocol": "kernel"},
    ]
    assert program.agree(False, None)
    assert kernel["calls"] == [
        "-4 rule delete from 192.0.2.0/24 table 100 priority 1000 protocol 177",
        "-4 route delete 10.233.65.0/24 via 192.0.2.12 dev eth0 table 254 proto 177",
    ]


def test_check_only_prints(routes, capsys):
    program, kernel, folder = routes
    write(folder, "pods", "route 10.233.64.0/24 via 192.0.2.11 onlink")
    assert program.agree(True, None)
    assert kernel["calls"] == []
    assert capsys.readouterr().out == "route replace 10.233.64.0/24 via 192.0.2.11 table 254 proto 177 onlink\n"


def test_one_file_alone_is_added_and_everything_old_removed(routes):
    program, kernel, folder = routes
    write(folder, "pods", "route 10.233.64.0/24 via 192.0.2.11")
    write(folder, "edge", "route 198.51.100.0/24 dev eth1 table 100")
    kernel["route"] = [{"dst": "10.9.0.0/24", "gateway": "192.0.2.12"}]
    assert program.agree(False, "pods")
    assert [call.split()[2:4] for call in kernel["calls"]] == [["delete", "10.9.0.0/24"], ["replace", "10.233.64.0/24"]]


def test_reports_what_could_not_be_done(routes, capsys):
    program, kernel, folder = routes
    write(folder, "pods", "route 10.233.64.0/24 via 192.0.2.11", "route 198.51.100.0/24 dev gone")
    kernel["fails"] = ("gone",)
    assert not program.agree(False, None)
    assert len(kernel["calls"]) == 2
    assert "failed: no such device" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("route nonsense dev eth0", "line 3"),
        ("rule from 192.0.2.0/24 table 100", "line 3: 'priority'"),
        ("bridge br0", "line 3: neither route nor rule"),
    ],
)
def test_refuses_a_line_that_it_cannot_read(routes, line, reason):
    program, kernel, folder = routes
    write(folder, "pods", line)
    with pytest.raises(SystemExit, match=reason):
        program.agree(False, None)
    assert kernel["calls"] == []


def test_speaks_both_families(routes):
    program, kernel, folder = routes
    write(folder, "pods", "route 2001:db8:1::/64 via 2001:db8::11")
    program.agree(False, None)
    assert kernel["calls"] == ["-6 route replace 2001:db8:1::/64 via 2001:db8::11 table 254 proto 177"]
