from __future__ import annotations

import os
import socket
import types

import pytest
from ansible_collections.kube_magic.cluster.plugins.module_utils.preflight import (
    clock,
    disk,
    identity,
    kernel,
    network,
    ports,
    resources,
)
from ansible_collections.kube_magic.cluster.plugins.module_utils.preflight.host import Host
from ansible_collections.kube_magic.cluster.plugins.modules import preflight

DEFAULTS = {
    "name": "w1",
    "roles": [],
    "addresses": [],
    "devices": [],
    "device_mapper": False,
    "supported_systems": {"debian": ["12", "13"], "ubuntu": ["24.04"], "rhel": ["9"]},
    "memory_mb": {},
    "cpus": {},
    "disk_free_mb": {},
    "nameservers": 2,
    "ports": [],
    "vips": [],
}


@pytest.fixture
def host(tmp_path):
    """host(files, outputs of ip by its arguments, **parameters)"""

    def make(files=None, ip=None, **params):
        for path, text in (files or {}).items():
            place = tmp_path / path.lstrip("/")
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(text)
        answers = ip or {}

        def command(argv):
            key = " ".join(argv[1:])
            return (0, answers[key], "") if key in answers else (1, "", "unknown")

        return Host({**DEFAULTS, **params}, command, root=str(tmp_path))

    return make


def brief(findings):
    return [(one["check"], one["severity"], one["message"]) for one in findings]


class TestHost:
    def test_reads_nothing_from_a_file_that_is_missing_or_no_text(self, host, tmp_path):
        made = host({"/etc/x": "text"})
        (tmp_path / "etc/y").write_bytes(b"\xff\xfe")
        assert [made.read(path) for path in ("/etc/x", "/etc/y", "/etc/z")] == ["text", "", ""]

    @pytest.mark.parametrize(
        ("roles", "kube", "node", "cluster"),
        [
            (["worker"], True, True, True),
            (["etcd"], True, False, True),
            (["ceph-mon"], False, False, True),
            (["load-balancer"], False, False, False),
        ],
    )
    def test_groups_its_roles(self, host, roles, kube, node, cluster):
        made = host(roles=roles)
        assert (made.kube, made.node, made.cluster) == (kube, node, cluster)

    def test_asks_for_the_most_of_any_role(self, host):
        made = host(roles=["worker", "etcd"], memory_mb={"worker": 1024, "etcd": "2048", "control-plane": 9000})
        assert made.highest("memory_mb") == (2048, "etcd")
        assert made.highest("cpus") == (0, "")


class TestIdentity:
    @pytest.mark.parametrize(
        ("release", "supported"),
        [
            ('ID=debian\nVERSION_ID="13"\n', True),
            ('ID=ubuntu\nVERSION_ID="24.04"\n', True),
            ('ID=ubuntu\nVERSION_ID="24.10"\n', False),
            ('ID="rhel"\nVERSION_ID="9.4"\n', True),
            ("ID=arch\n", False),
            ("", False),
        ],
    )
    def test_supports_a_system_by_version_or_major_version(self, host, release, supported):
        assert (list(identity.system(host({"/etc/os-release": release}))) == []) is supported

    def test_names_the_system_and_what_to_install(self, host):
        (found,) = identity.system(host({"/etc/os-release": 'ID=arch\nPRETTY_NAME="Arch Linux"\n'}))
        assert found["message"] == "Arch Linux is not supported"
        assert "debian 12/13, rhel 9, ubuntu 24.04" in found["remedy"]

    @pytest.mark.parametrize(
        ("actual", "roles", "severity"),
        [
            ("w1", ["worker"], None),
            ("w1.example.com", ["worker"], None),
            ("x", ["worker"], "error"),
            ("x", [], "warning"),
        ],
    )
    def test_compares_the_host_name(self, host, monkeypatch, actual, roles, severity):
        monkeypatch.setattr(socket, "gethostname", lambda: actual)
        found = [one["severity"] for one in identity.hostname(host(roles=roles))]
        assert found == ([] if severity is None else [severity])

    def test_observes_what_is_compared_between_hosts(self, host):
        made = host(
            {
                "/etc/machine-id": "abc\n",
                "/sys/class/net/eth0/address": "02:00:00:00:00:01\n",
                "/sys/class/net/lo/address": "00:00:00:00:00:00\n",
            }
        )
        observed = identity.observed(made)
        assert observed["machine_id"] == "abc"
        assert observed["hardware_addresses"] == ["02:00:00:00:00:01"]
        assert observed["time"] > 0


ADDRESSES = {
    "-o address show": "1: lo inet 127.0.0.1/8 x\n2: eth0 inet 192.0.2.1/24 x\n2: eth0 inet6 fe80::1/64 x\n",
}


class TestNetwork:
    def test_finds_a_missing_address(self, host):
        made = host(ip=ADDRESSES, addresses=["192.0.2.1", "192.0.2.9"])
        assert brief(network.addresses(made)) == [
            ("address", "error", "192.0.2.9 is not an address of this host, which has 192.0.2.1")
        ]

    def test_says_that_iproute2_is_missing(self, host):
        (found,) = network.addresses(host(addresses=["192.0.2.1"]))
        assert "no iproute2" in found["message"]

    @pytest.mark.parametrize(
        ("found", "message", "remedy"),
        [
            (["192.0.2.1"], None, None),
            (["192.0.2.1", "::1"], None, None),
            ([], "does not resolve", "Put the line '192.0.2.1 w1' into /etc/hosts, or into DNS."),
            (["127.0.1.1"], "resolves to 127.0.1.1, not to 192.0.2.1", "remove the line with 127.0.1.1"),
            (["192.0.2.7"], "resolves to 192.0.2.7, not to 192.0.2.1", "or correct DNS"),
        ],
    )
    def test_resolves_its_own_name(self, host, monkeypatch, found, message, remedy):
        monkeypatch.setattr(network, "resolve", lambda _name: found)
        result = list(network.resolution(host(roles=["worker"], addresses=["192.0.2.1"])))
        if message is None:
            assert result == []
        else:
            assert message in result[0]["message"]
            assert remedy in result[0]["remedy"]

    def test_waits_for_no_silent_name_server(self, host, monkeypatch):
        monkeypatch.setattr(network, "RESOLVE_SECONDS", 0.01)
        monkeypatch.setattr(network, "resolve", lambda _name: network.time.sleep(0.2))
        (found,) = network.resolution(host(addresses=["192.0.2.1"]))
        assert "a name server does not answer" in found["message"]
        assert found["severity"] == "warning"

    @pytest.mark.parametrize(
        ("text", "roles", "found"),
        [
            ("nameserver 192.0.2.1\n", ["worker"], []),
            ("", ["worker"], [("nameservers", "error", "no name server in /etc/resolv.conf")]),
            ("", ["load-balancer"], [("nameservers", "warning", "no name server in /etc/resolv.conf")]),
            (
                "nameserver a\nnameserver b\nnameserver c\n",
                ["worker"],
                [("nameservers", "error", "3 name servers in /etc/resolv.conf: a, b, c")],
            ),
        ],
    )
    def test_counts_name_servers(self, host, text, roles, found):
        assert brief(network.nameservers(host({"/etc/resolv.conf": text}, roles=roles))) == found

    def test_looks_behind_the_stub_of_systemd_resolved(self, host):
        files = {"/etc/resolv.conf": "nameserver 127.0.0.53\n", network.RESOLVED_LIST: "nameserver 192.0.2.1\n"}
        assert list(network.nameservers(host(files, nameservers=1))) == []
        made = host({network.RESOLVED_LIST: ""}, roles=["worker"])
        assert network.RESOLVED_LIST in next(network.nameservers(made))["message"]

    @pytest.mark.skipif(os.geteuid() != 0, reason="only root may remove neighbours")
    def test_asks_who_answers_for_a_virtual_address(self, host, monkeypatch):
        monkeypatch.setattr(network, "VIP_SECONDS", 0.3)
        local = "127.0.0.1"
        answers = {
            f"-o route get {local}": f"{local} dev eth0 src 192.0.2.1\n",
            f"neighbour show to {local}": f"{local} dev eth0 lladdr 02:00:00:00:00:09 REACHABLE\n",
            "-o route get 198.51.100.1": "198.51.100.1 via 192.0.2.254 dev eth0\n",
            "-o route get 192.0.2.1": "local 192.0.2.1 dev lo\n",
        }
        made = host(ip=answers, vips=[local, "198.51.100.1", "192.0.2.1", "192.0.2.77"])
        assert network.vip_answers(made) == {local: "02:00:00:00:00:09"}

    def test_asks_nobody_without_rights(self, host, monkeypatch):
        monkeypatch.setattr(os, "geteuid", lambda: 1000)
        assert network.vip_answers(host(vips=["192.0.2.100"])) == {}


# 0x1770 is 6000; the inode is the tenth field.
TCP = (
    "head\n"
    " 0: 00000000:1770 00000000:0000 0A 0:0 0:0 0 0 0 4711 x\n"
    " 1: 00000000:1771 00000000:0000 01 0:0 0:0 0 0 0 4712 x\n"
)


class TestPorts:
    def wanted(self, *processes, purpose="X"):
        return {"port": 6000, "purpose": purpose, "processes": list(processes)}

    def listen(self, host, tmp_path, *wanted):
        made = host({"/proc/net/tcp": TCP, "/proc/12/comm": "nginx\n"}, ports=list(wanted))
        (tmp_path / "proc/12/fd").mkdir()
        (tmp_path / "proc/12/fd/3").symlink_to("socket:[4711]")
        return brief(ports.ports(made))

    def test_finds_a_port_that_another_process_has(self, host, tmp_path):
        found = self.listen(host, tmp_path, self.wanted("haproxy"))
        assert found == [("ports", "error", "port 6000, for X, is held by nginx")]

    def test_accepts_the_expected_process(self, host, tmp_path):
        assert self.listen(host, tmp_path, self.wanted("nginx")) == []

    def test_finds_a_port_that_two_parts_want(self, host):
        made = host(ports=[self.wanted(purpose="the API server"), self.wanted(purpose="HAProxy")])
        assert brief(ports.ports(made)) == [
            ("ports", "error", "port 6000 is wanted by the API server and HAProxy at once")
        ]

    def test_does_not_look_for_owners_of_free_ports(self, host, monkeypatch):
        monkeypatch.setattr(ports, "socket_owners", lambda *_: pytest.fail("looked at every process"))
        made = host({"/proc/net/tcp": TCP}, ports=[{"port": 6001, "purpose": "X", "processes": []}])
        assert list(ports.ports(made)) == []

    def test_names_a_process_that_has_ended(self, host):
        made = host({"/proc/net/tcp6": TCP}, ports=[self.wanted()])
        assert "an unknown process" in brief(ports.ports(made))[0][2]


class TestDisk:
    @pytest.mark.parametrize(
        ("free", "total", "roles", "severity"),
        [
            (9000, 10_000, ["worker"], None),
            (4000, 90_000, ["worker"], "error"),
            (5000, 90_000, ["worker"], "warning"),
            (5000, 90_000, ["etcd"], None),
        ],
    )
    def test_counts_free_space(self, host, monkeypatch, free, total, roles, severity):
        space = types.SimpleNamespace(f_bavail=free, f_blocks=total, f_frsize=disk.MEBIBYTE)
        monkeypatch.setattr(os, "statvfs", lambda _folder: space)
        made = host(roles=roles, disk_free_mb={"/var": "4096", "/nowhere": 1})
        found = [one["severity"] for one in disk.disk(made)]
        assert found == ([] if severity is None else [severity])

    def test_looks_for_block_devices(self, host, tmp_path):
        (tmp_path / "file").write_text("")
        made = host(devices=["/dev/none-such", str(tmp_path / "file")])
        assert [one["message"] for one in disk.devices(made)] == [
            "/dev/none-such does not exist",
            f"{tmp_path}/file is not a block device",
        ]

    @pytest.mark.parametrize(
        ("files", "fine"),
        [
            ({}, False),
            ({"/proc/misc": "236 device-mapper\n"}, True),
            ({f"/lib/modules/{os.uname()[2]}/modules.dep": "kernel/drivers/md/dm-mod.ko.xz:\n"}, True),
            ({"/run/systemd/container": "", "/proc/misc": "236 device-mapper\n"}, False),
            ({"/run/systemd/container": "", "/proc/misc": "236 device-mapper\n", "/dev/mapper/control": ""}, True),
            ({"/run/systemd/container": "", f"/lib/modules/{os.uname()[2]}/modules.dep": "/dm-mod.ko"}, False),
        ],
    )
    def test_looks_for_the_device_mapper(self, host, files, fine):
        assert (list(disk.device_mapper(host(files, device_mapper=True))) == []) is fine

    def test_looks_for_it_only_when_it_is_needed(self, host):
        assert list(disk.device_mapper(host())) == []


class TestResources:
    @pytest.mark.parametrize(
        ("swaps", "fstab", "found"),
        [
            ("Filename\n", "", []),
            ("Filename\n/dev/sda2 partition 1 0 -2\n", "", [("swap", "error", "swap is on: /dev/sda2")]),
            (
                "Filename\n",
                "/dev/sda2 none swap sw 0 0\n",
                [("swap", "warning", "swap is off, but /etc/fstab turns it on at the next boot")],
            ),
            ("Filename\n", "#/dev/sda2 none swap sw 0 0\n\n/dev/sda1 / ext4 x 0 1\n", []),
        ],
    )
    def test_wants_no_swap(self, host, swaps, fstab, found):
        files = {"/proc/swaps": swaps, "/etc/fstab": fstab}
        assert brief(resources.swap(host(files, roles=["worker"]))) == found
        assert list(resources.swap(host(files, roles=["load-balancer"]))) == []

    def test_wants_memory(self, host):
        made = host({"/proc/meminfo": "MemTotal: 1024000 kB\n"}, roles=["worker"], memory_mb={"worker": 1024})
        assert brief(resources.memory(made)) == [("memory", "error", "1000 MB of memory, a worker needs 1024")]
        assert list(resources.memory(host({"/proc/meminfo": "MemTotal: 9999999 kB\n"}, roles=["worker"]))) == []

    @pytest.mark.parametrize(
        ("count", "message"), [(1, "1 processor, a worker should have 2"), (2, None), (None, "1 proc")]
    )
    def test_wants_processors(self, host, monkeypatch, count, message):
        monkeypatch.setattr(os, "cpu_count", lambda: count)
        found = [one["message"] for one in resources.processors(host(roles=["worker"], cpus={"worker": 2}))]
        assert found == [] if message is None else found[0].startswith(message)


class TestClock:
    @pytest.mark.parametrize(("verdict", "count"), [(5, 1), (0, 0)])
    def test_asks_the_kernel(self, host, monkeypatch, verdict, count):
        monkeypatch.setattr(clock, "kernel_clock", lambda: verdict)
        assert len(list(clock.time_service(host()))) == count

    def test_asks_no_container(self, host, monkeypatch):
        monkeypatch.setattr(clock, "kernel_clock", lambda: 5)
        assert list(clock.time_service(host({"/run/systemd/container": "systemd-nspawn"}))) == []

    def test_the_kernel_answers(self):
        assert clock.kernel_clock() in range(6)


class TestKernel:
    @pytest.mark.parametrize(
        ("files", "roles", "count"),
        [
            ({}, ["worker"], 1),
            ({"/sys/fs/cgroup/cgroup.controllers": "cpu"}, ["worker"], 0),
            ({"/run/systemd/container": ""}, ["worker"], 0),
            ({}, ["etcd"], 0),
        ],
    )
    def test_wants_control_groups_of_version_2(self, host, files, roles, count):
        assert len(list(kernel.control_groups(host(files, roles=roles)))) == count

    @pytest.mark.parametrize(
        ("files", "reason"),
        [
            ({}, None),
            ({kernel.APPARMOR: "1\n"}, "AppArmor restricts them"),
            ({kernel.CLONE: "0\n"}, "the kernel's settings forbid them"),
            ({kernel.NAMESPACES: "0\n", kernel.APPARMOR: "0"}, "the kernel's settings forbid them"),
        ],
    )
    def test_mentions_restricted_user_namespaces(self, host, files, reason):
        found = [one["message"].split(": ")[1] for one in kernel.container_restrictions(host(files, roles=["worker"]))]
        assert found == ([] if reason is None else [reason])


class TestModule:
    def test_a_check_that_fails_hides_no_other(self, host):
        def broken_check(_host):
            raise ValueError("no such thing")

        found = preflight.examine(host(roles=["worker"]), [broken_check, kernel.control_groups])
        assert [(one["check"], one["severity"]) for one in found] == [
            ("broken-check", "warning"),
            ("cgroups", "warning"),
        ]
        assert "no such thing" in found[0]["message"]

    def test_runs_every_check_of_every_subject(self):
        assert len(set(preflight.CHECKS)) == 15

    def test_returns_findings_and_observations(self, run_module):
        result = run_module(preflight, name="no-such-name", addresses=["192.0.2.254"])
        assert not result["changed"]
        assert {"check", "severity", "message", "remedy"} == set(result["findings"][0])
        assert {"time", "machine_id", "hardware_addresses", "vip_answers"} == set(result["observed"])
        assert "hostname" in {one["check"] for one in result["findings"]}
