from __future__ import annotations

import os
import socket
import struct
import threading

import pytest
from ansible_collections.kube_magic.cluster.plugins.modules import resolver

OLD = "nameserver 192.0.2.53\n"


class Server:
    """A name server on a loopback address: flags and number of answers by name."""

    def __init__(self, address="127.0.0.1"):
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind((address, 0))
        self.port = self.socket.getsockname()[1]
        self.answers = {}
        self.identity_offset = 0
        self.thread = threading.Thread(target=self.serve, daemon=True)
        self.thread.start()

    def serve(self):
        while True:
            packet, client = self.socket.recvfrom(4096)
            if packet == b"stop":
                return
            code, count = self.answers.get(name_of(packet), (0, 1))
            identity = struct.unpack(">H", packet[:2])[0] + self.identity_offset
            self.socket.sendto(struct.pack(">HHHHHH", identity & 0xFFFF, 0x8180 | code, 1, count, 0, 0), client)

    def close(self):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
            client.sendto(b"stop", ("127.0.0.1", self.port))
        self.thread.join()
        self.socket.close()


def name_of(packet):
    labels, at = [], 12
    while packet[at]:
        labels.append(packet[at + 1 : at + 1 + packet[at]].decode())
        at += 1 + packet[at]
    return ".".join(labels)


@pytest.fixture
def server(monkeypatch):
    made = Server()
    monkeypatch.setattr(resolver, "PORT", made.port)
    monkeypatch.setattr(resolver, "SECONDS", 0.2)
    monkeypatch.setattr(resolver, "TRIES", 2)
    yield made
    made.close()


@pytest.fixture
def host(monkeypatch, tmp_path, programs):
    """A host whose resolv.conf nothing manages; getent resolves what the file `resolvable` lists."""
    names = {"RESOLV": "resolv.conf", "DHCPCD": "dhcpcd.conf", "DHCLIENT_HOOKS": "hooks"}
    for constant, name in names.items():
        monkeypatch.setattr(resolver, constant, str(tmp_path / name))
    (tmp_path / "resolv.conf").write_text(OLD)
    (tmp_path / "resolvable").write_text("mirror.example\n")
    programs("getent", f'grep -qx "$2" {tmp_path}/resolvable')
    programs("systemctl", "exit 3")
    clock = iter(range(10_000))
    monkeypatch.setattr(resolver.time, "time", lambda: next(clock) * 4)
    monkeypatch.setattr(resolver.time, "sleep", lambda _seconds: None)
    return tmp_path


def test_asks_as_the_protocol_wants_it():
    assert resolver.question(0x1234, "a.example.", "A") == (
        b"\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00" + b"\x01a\x07example\x00" + b"\x00\x01\x00\x01"
    )


def test_reads_code_and_number_of_answers(server):
    server.answers = {"a.example": (0, 2), "none.example": (3, 0)}
    assert resolver.ask("127.0.0.1", "a.example", "A") == (0, 2)
    assert resolver.ask("127.0.0.1", "none.example", "A") == (3, 0)


def test_believes_no_answer_to_another_question(server):
    server.identity_offset = 1
    assert resolver.ask("127.0.0.1", "a.example", "A") == (None, "an answer that is none")


def test_says_why_there_is_no_answer(monkeypatch, server):
    monkeypatch.setattr(resolver, "PORT", 1)
    code, wrong = resolver.ask("127.0.0.1", "a.example", "A")
    assert code is None
    assert "refused" in wrong


def test_sets_the_servers(run_module, server, host):
    arguments = {"servers": ["127.0.0.1"], "search": ["example.com"], "witnesses": ["mirror.example"]}
    result = run_module(resolver, **arguments)
    assert result["changed"]
    assert result["manager"] == "file"
    text = (host / "resolv.conf").read_text()
    assert text.startswith(resolver.MARKER)
    assert "search example.com\nnameserver 127.0.0.1\noptions" in text
    assert not run_module(resolver, **arguments)["changed"]


def test_keeps_dhcp_clients_away(run_module, server, host):
    (host / "hooks").mkdir()
    (host / "dhcpcd.conf").write_text("hostname")
    run_module(resolver, servers=["127.0.0.1"])
    assert "make_resolv_conf() { :; }" in (host / "hooks/kube-magic-resolver").read_text()
    assert (host / "dhcpcd.conf").read_text() == f"hostname\n{resolver.MARKER}nohook resolv.conf\n"
    assert not run_module(resolver, servers=["127.0.0.1"])["changed"]


@pytest.mark.parametrize(
    ("answers", "options", "wrong"),
    [
        ({"example.com": (3, 0)}, {"probe": "example.com"}, "it does not resolve example.com"),
        ({"example.com": (0, 0)}, {"probe": "example.com"}, "it does not resolve example.com"),
        ({"example.com": (5, 0)}, {"search": ["example.com"]}, "it refuses to answer (response code 5)"),
        ({"mirror.example": (3, 0)}, {"witnesses": ["mirror.example"]}, "it does not resolve mirror.example"),
    ],
)
def test_leaves_the_host_alone_when_no_server_is_good(run_module, server, host, answers, options, wrong):
    server.answers = answers
    result = run_module(resolver, servers=["127.0.0.1"], **options)
    assert result["failed"]
    assert wrong in result["silent"]["127.0.0.1"]
    assert (host / "resolv.conf").read_text() == OLD


def test_a_witness_that_the_host_cannot_resolve_today_does_not_count(run_module, server, host):
    server.answers = {"unknown.example": (3, 0)}
    assert run_module(resolver, servers=["127.0.0.1"], witnesses=["unknown.example"])["changed"]


def test_one_good_server_is_enough(run_module, server, host, monkeypatch):
    warnings = []
    monkeypatch.setattr(resolver.AnsibleModule, "warn", lambda _self, text: warnings.append(text))
    result = run_module(resolver, servers=["127.0.0.1", "127.0.0.2"])
    assert result["changed"]
    assert list(result["silent"]) == ["127.0.0.2"]
    assert warnings[0].startswith("name server 127.0.0.2: ")


@pytest.mark.parametrize("linked", [False, True])
def test_restores_the_old_servers_when_names_are_lost(run_module, server, host, programs, linked):
    if linked:
        (host / "resolv.conf").rename(host / "stub.conf")
        (host / "resolv.conf").symlink_to(host / "stub.conf")
    # Resolves as long as the old servers are in the file.
    programs("getent", f"grep -q 192.0.2.53 {host}/resolv.conf")
    result = run_module(resolver, servers=["127.0.0.1"], witnesses=["mirror.example"])
    assert result["failed"]
    assert "mirror.example cannot be resolved any more" in result["msg"]
    assert (host / "resolv.conf").read_text() == OLD
    assert os.path.islink(host / "resolv.conf") == linked


def test_check_mode_asks_and_changes_nothing(run_module, server, host):
    result = run_module(resolver, check=True, servers=["127.0.0.1"])
    assert result["changed"]
    assert result["diff"][0]["before"] == OLD
    assert (host / "resolv.conf").read_text() == OLD


class FakeModule:
    def __init__(self, active):
        self.active = active
        self.params = {"servers": ["192.0.2.1", "192.0.2.2"], "search": ["example.com"]}

    def get_bin_path(self, name):
        return f"/bin/{name}"

    def run_command(self, argv):
        return (0 if argv[-1] in self.active else 3), "", ""


@pytest.mark.parametrize(
    ("target", "active", "manager"),
    [
        ("/run/systemd/resolve/stub-resolv.conf", ["systemd-resolved.service"], "systemd-resolved"),
        ("/run/systemd/resolve/stub-resolv.conf", [], "file"),
        ("/run/NetworkManager/resolv.conf", ["NetworkManager.service"], "NetworkManager"),
        ("/run/NetworkManager/resolv.conf", [], "file"),
        ("/etc/resolv.conf", ["NetworkManager.service"], "file"),
    ],
)
def test_finds_what_manages_the_file(monkeypatch, host, target, active, manager):
    monkeypatch.setattr(resolver.os.path, "realpath", lambda _path: target)
    assert resolver.Resolver(FakeModule(active)).manager == manager


def test_writes_drop_ins_of_the_managers(monkeypatch, host):
    monkeypatch.setattr(resolver.Resolver, "find_manager", lambda _self: "systemd-resolved")
    files = resolver.Resolver(FakeModule([])).wanted_files()
    assert "DNS=192.0.2.1 192.0.2.2\nDomains=example.com ~.\n" in files[resolver.RESOLVED_DROP_IN]
    monkeypatch.setattr(resolver.Resolver, "find_manager", lambda _self: "NetworkManager")
    files = resolver.Resolver(FakeModule([])).wanted_files()
    assert "[global-dns-domain-*]\nservers=192.0.2.1,192.0.2.2\n" in files[resolver.NETWORK_MANAGER_DROP_IN]
