"""Runs programs of the roles as their callers do: exit code, output and errors are all that counts."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

CUSTOM = Path(__file__).resolve().parents[3]


@pytest.fixture
def execute():
    """execute(path below roles/, *arguments) → a finished process. On a host all plugins are in one folder."""

    def run(path, *arguments):
        return subprocess.run(
            [sys.executable, "-B", CUSTOM / "roles" / path, *map(str, arguments)],
            env={**os.environ, "PYTHONPATH": str(CUSTOM / "roles/nrpe/files/plugins")},
            capture_output=True,
            text=True,
            check=False,
        )

    return run


@pytest.fixture
def load(monkeypatch):
    """load(path below roles/) imports a program that has no suffix."""
    from importlib.machinery import SourceFileLoader  # noqa: PLC0415 - only these tests need it
    from importlib.util import module_from_spec, spec_from_loader  # noqa: PLC0415

    def run(path):
        monkeypatch.setattr(sys, "dont_write_bytecode", True)
        loader = SourceFileLoader(Path(path).stem.replace("-", "_"), str(CUSTOM / "roles" / path))
        module = module_from_spec(spec_from_loader(loader.name, loader))
        loader.exec_module(module)
        return module

    return run
