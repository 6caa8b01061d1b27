from __future__ import annotations

import time

import pytest
from ansible_collections.kube_magic.cluster.plugins.modules import loaded


@pytest.fixture
def service(programs):
    """service(state, seconds since the last load, status line)"""

    def make(state, seconds=0.0, status=""):
        micros = int((time.clock_gettime(time.CLOCK_MONOTONIC) - seconds) * 1e6)
        programs(
            "systemctl",
            f"echo ActiveState={state}; echo StateChangeTimestampMonotonic={micros}; echo 'StatusText={status}'",
        )

    return make


@pytest.fixture
def config(tmp_path):
    path = tmp_path / "haproxy.cfg"
    path.write_text("x")
    return str(path)


@pytest.mark.parametrize(
    ("state", "seconds", "status", "stale"),
    [
        ("active", 60, "", True),
        ("active", -60, "", False),
        ("reloading", 60, "", True),
        ("inactive", 60, "", False),
        ("failed", 60, "", False),
        ("active", -60, "Reload failed!", True),
    ],
)
def test_compares_the_load_with_the_files(run_module, service, config, state, seconds, status, stale):
    service(state, seconds, status)
    result = run_module(loaded, services={"haproxy": [config, "/nowhere"]})
    assert result == {"changed": stale, "stale": ["haproxy"] if stale else []}
