"""Hosts may have Python 3.6, controllers of old tools Ansible 2.9: nothing newer is used there."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

CUSTOM = Path(__file__).resolve().parents[3]
# The backup needs Python 3.7, as restic's packages do.
FROM_3_6 = [
    *sorted((CUSTOM / "plugins/modules").glob("*.py")),
    *sorted((CUSTOM / "plugins/module_utils").rglob("*.py")),
    *sorted((CUSTOM / "roles").glob("*/files/plugins/*")),
    CUSTOM / "roles/host_routes/files/kube-magic-routes",
]
CALLBACKS = sorted((CUSTOM / "plugins/callback").glob("*.py"))
# Arguments of subprocess.run that Python 3.6 does not have.
NEW_ARGUMENTS = {"capture_output", "text"}


def name(path):
    return str(path.relative_to(CUSTOM))


@pytest.mark.parametrize("path", FROM_3_6, ids=name)
def test_runs_on_python_3_6(path):
    tree = ast.parse(path.read_text(), feature_version=(3, 6))
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == "__future__":
            assert "annotations" not in {one.name for one in node.names}
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in ("run", "Popen"):
            assert not NEW_ARGUMENTS & {one.arg for one in node.keywords}
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            assert node.func.attr not in ("fromisoformat", "removeprefix", "removesuffix", "isascii")


@pytest.mark.parametrize("path", CALLBACKS, ids=name)
def test_loads_in_ansible_2_9(path):
    tree = ast.parse(path.read_text())
    for node in ast.walk(tree):
        assert not isinstance(node, (ast.JoinedStr, ast.AnnAssign, ast.NamedExpr, ast.Nonlocal)), ast.dump(node)
        if isinstance(node, ast.FunctionDef):
            assert node.returns is None
            assert not node.args.kwonlyargs
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "super":
            assert node.args, "super() needs its arguments"
