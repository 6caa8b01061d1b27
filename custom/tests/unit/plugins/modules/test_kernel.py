from __future__ import annotations

import pytest
from ansible_collections.kube_magic.cluster.plugins.modules import kernel


@pytest.fixture
def machine(monkeypatch, tmp_path, programs):
    """A kernel with one module loaded, one loadable, and one setting."""
    for name in ("MODULES_FOLDER", "SYSCTL_FOLDER", "PROC_SYS", "SYS_MODULE"):
        folder = tmp_path / name
        folder.mkdir()
        monkeypatch.setattr(kernel, name, str(folder))
    (tmp_path / "SYS_MODULE/br_netfilter").mkdir()
    (tmp_path / "PROC_SYS/net/ipv4").mkdir(parents=True)
    (tmp_path / "PROC_SYS/net/ipv4/ip_forward").write_text("0\n")
    (tmp_path / "proc-modules").write_text("")
    monkeypatch.setattr(kernel, "PROC_MODULES", str(tmp_path / "proc-modules"))
    path = programs("modprobe", f'case "$*" in *absent*) exit 1;; esac; echo "$*" >> {tmp_path}/loaded')
    monkeypatch.setattr(kernel.AnsibleModule, "get_bin_path", lambda *_args, **_options: path)
    return tmp_path


@pytest.mark.parametrize(
    ("key", "path"),
    [
        ("net.ipv4.ip_forward", "/proc/sys/net/ipv4/ip_forward"),
        ("net/ipv4/conf/eth0.7/forwarding", "/proc/sys/net/ipv4/conf/eth0.7/forwarding"),
        ("net.ipv4.conf.eth0/7.forwarding", "/proc/sys/net/ipv4/conf/eth0.7/forwarding"),
    ],
)
def test_a_key_is_a_file(key, path):
    assert kernel.sysctl_path(key) == path


def test_sets_and_persists(run_module, machine):
    wanted = {"name": "x", "modules": ["br-netfilter", "overlay"], "sysctls": {"net.ipv4.ip_forward": 1}}
    result = run_module(kernel, **wanted)
    assert result["changed"]
    assert result["applied"] == ["modprobe overlay", "net.ipv4.ip_forward=1"]
    assert (machine / "PROC_SYS/net/ipv4/ip_forward").read_text() == "1"
    modules = (machine / "MODULES_FOLDER/60-kube-magic-x.conf").read_text()
    assert modules == kernel.MARKER + "br-netfilter\noverlay\n"
    sysctls = (machine / "SYSCTL_FOLDER/60-kube-magic-x.conf").read_text()
    assert sysctls == kernel.MARKER + "net.ipv4.ip_forward = 1\n"
    (machine / "SYS_MODULE/overlay").mkdir()
    assert not run_module(kernel, **wanted)["changed"]


def test_skips_what_this_kernel_does_not_have(run_module, machine):
    result = run_module(kernel, name="x", modules=["absent"], sysctls={"net.none": 1})
    assert not result["changed"]
    assert result["skipped_settings"] == {
        "absent": "not among the modules of this kernel",
        "net.none": "not a key of this kernel",
    }


def test_skips_modules_of_a_kernel_without_any(run_module, machine):
    (machine / "proc-modules").unlink()
    result = run_module(kernel, name="x", modules=["overlay"])
    assert "loads no modules" in result["skipped_settings"]["overlay"]


def test_skips_a_setting_that_belongs_to_the_host_of_a_container(run_module, machine, monkeypatch):
    read_only = type("Stat", (), {"f_flag": kernel.os.ST_RDONLY})
    monkeypatch.setattr(kernel.os, "statvfs", lambda _path: read_only)
    result = run_module(kernel, name="x", sysctls={"net.ipv4.ip_forward": 1})
    assert "read-only here" in result["skipped_settings"]["net.ipv4.ip_forward"]
    assert (machine / "PROC_SYS/net/ipv4/ip_forward").read_text() == "0\n"


def test_removes_its_file_when_nothing_is_wanted(run_module, machine):
    run_module(kernel, name="x", sysctls={"net.ipv4.ip_forward": 1})
    assert run_module(kernel, name="x")["changed"]
    assert not (machine / "SYSCTL_FOLDER/60-kube-magic-x.conf").exists()


def test_check_mode_changes_nothing(run_module, machine):
    result = run_module(kernel, check=True, name="x", modules=["overlay"], sysctls={"net.ipv4.ip_forward": 1})
    assert result["changed"]
    assert (machine / "PROC_SYS/net/ipv4/ip_forward").read_text() == "0\n"
    assert "overlay" not in (machine / "loaded").read_text().replace("--dry-run --quiet overlay", "")
    assert not list((machine / "SYSCTL_FOLDER").iterdir())
