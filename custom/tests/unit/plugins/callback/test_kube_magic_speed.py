from __future__ import annotations

import gc
import os

import pytest
from ansible_collections.kube_magic.cluster.plugins.callback import kube_magic_speed


@pytest.fixture
def local(monkeypatch, tmp_path):
    """Ansible's temporary folder of a run, and a place that stays."""
    run = tmp_path / "run"
    run.mkdir()
    monkeypatch.setattr(kube_magic_speed.constants, "DEFAULT_LOCAL_TMP", str(run))
    return run, tmp_path / "kept"


def test_keeps_assembled_modules_from_run_to_run(local):
    run, kept = local
    kube_magic_speed.keep_modules(str(kept), "id1")
    (run / "ansiballz_cache" / "setup-ZIP_DEFLATED").write_text("module")
    os.unlink(run / "ansiballz_cache")
    kube_magic_speed.keep_modules(str(kept), "id1")
    assert (run / "ansiballz_cache/setup-ZIP_DEFLATED").read_text() == "module"
    assert os.stat(kept).st_mode & 0o777 == 0o700


def test_forgets_modules_of_another_identity(local):
    run, kept = local
    kube_magic_speed.keep_modules(str(kept), "id1")
    (kept / "setup-ZIP_DEFLATED").write_text("module")
    (kept / "other").write_text("x")
    os.unlink(run / "ansiballz_cache")
    kube_magic_speed.keep_modules(str(kept), "id2")
    assert sorted(os.listdir(kept)) == ["made-of", "other"]
    assert (kept / "made-of").read_text() == "id2"


def test_a_folder_that_cannot_be_used_is_only_slower(local, tmp_path):
    (tmp_path / "file").write_text("")
    kube_magic_speed.keep_modules(str(tmp_path / "file" / "below"), "id1")
    assert not (local[0] / "ansiballz_cache").exists()


@pytest.mark.parametrize("inside", [True, False])
def test_keeps_nothing_when_modules_come_from_elsewhere(local, monkeypatch, tmp_path, inside):
    tree = tmp_path / "tree"
    modules = (tree if inside else tmp_path) / "modules"
    modules.mkdir(parents=True)
    tree.mkdir(exist_ok=True)
    monkeypatch.chdir(tree)
    monkeypatch.setattr(kube_magic_speed.constants, "DEFAULT_MODULE_PATH", [str(modules)])
    monkeypatch.setattr(kube_magic_speed.constants, "DEFAULT_MODULE_UTILS_PATH", [])
    monkeypatch.setenv("KUBE_MAGIC_MODULES", str(local[1]))
    monkeypatch.setenv("KUBE_MAGIC_MODULES_ID", "id1")
    kube_magic_speed.CallbackModule()
    assert (local[0] / "ansiballz_cache").exists() is inside


def test_spares_the_workers_the_garbage_collector():
    threshold = gc.get_threshold()
    try:
        kube_magic_speed.CallbackModule().v2_playbook_on_start(None)
        assert gc.get_threshold()[0] == kube_magic_speed.COLLECT_AFTER
    finally:
        gc.set_threshold(*threshold)
        gc.unfreeze()
