from __future__ import annotations

import os
from pathlib import Path

import pytest
from ansible_collections.kube_magic.cluster.plugins.modules import files

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="the module gives files to root")


def test_writes_files_with_their_folders_and_modes(run_module, tmp_path):
    data, program = str(tmp_path / "lib/tool/data.txt"), str(tmp_path / "bin/tool")
    result = run_module(files, files={data: "ä\n", program: "#!/bin/sh\n"}, executables=[program])
    assert result["changed"]
    assert sorted(result["paths"]) == sorted([data, program])
    assert Path(data).read_text(encoding="utf-8") == "ä\n"
    assert os.stat(data).st_mode & 0o777 == 0o644
    assert os.stat(program).st_mode & 0o777 == 0o755
    assert run_module(files, files={data: "ä\n", program: "#!/bin/sh\n"}, executables=[program]) == {
        "changed": False,
        "paths": [],
        "diff": [],
    }


@pytest.mark.parametrize(
    "damage",
    [
        lambda path: path.write_text("other"),
        lambda path: path.chmod(0o600),
        lambda path: os.chown(path, 65534, 0),
        lambda path: (path.rename(path.with_suffix(".real")), path.symlink_to(path.with_suffix(".real"))),
    ],
    ids=["content", "mode", "owner", "link"],
)
def test_repairs(run_module, tmp_path, damage):
    path = tmp_path / "file"
    run_module(files, files={str(path): "text"})
    damage(path)
    assert run_module(files, files={str(path): "text"})["paths"] == [str(path)]
    assert path.read_text() == "text"
    assert not path.is_symlink()
    assert (path.stat().st_uid, path.stat().st_mode & 0o777) == (0, 0o644)


def test_removes_foreign_files_from_a_complete_folder(run_module, tmp_path):
    mine, foreign, folder = tmp_path / "c/mine", tmp_path / "c/old", tmp_path / "c/folder"
    folder.mkdir(parents=True)
    foreign.write_text("x")
    result = run_module(files, files={str(mine): "x"}, complete=[str(tmp_path / "c")])
    assert result["paths"] == [str(mine), str(foreign)]
    assert sorted(os.listdir(tmp_path / "c")) == ["folder", "mine"]


def test_check_mode_reports_and_writes_nothing(run_module, tmp_path):
    path = tmp_path / "file"
    result = run_module(files, check=True, files={str(path): "text"}, complete=[str(tmp_path / "none")])
    assert result["changed"]
    assert result["diff"][0]["after"] == "text"
    assert not path.exists()
