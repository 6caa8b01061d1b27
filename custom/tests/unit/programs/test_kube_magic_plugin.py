from __future__ import annotations

import time
import types

import pytest


@pytest.fixture
def plugin(load):
    return load("nrpe/files/plugins/kube_magic_plugin.py")


@pytest.mark.parametrize(
    ("value", "warning", "critical", "state"),
    [(79, 80, 90, 0), (80, 80, 90, 1), (90, 80, 90, 2), (31, 30, 7, 0), (30, 30, 7, 1), (7, 30, 7, 2)],
)
def test_limits_rise_or_fall(plugin, value, warning, critical, state):
    assert plugin.state_of(value, warning, critical) == state


@pytest.mark.parametrize(("value", "text"), [(1.5, "1.5"), (2.0, "2"), (1 / 3, "0.333"), (7, "7"), (0.0, "0")])
def test_figures_are_short(plugin, value, text):
    assert plugin.number(value) == text


def end(plugin, capsys, *findings, summary="fine", figures=()):
    result = plugin.Result("X")
    result.summary = summary
    for state, text in findings:
        result.add(state, text)
    for figure in figures:
        result.figure(*figure)
    with pytest.raises(SystemExit) as ended:
        result.end()
    return ended.value.code, capsys.readouterr().out.strip()


def test_nothing_found_is_the_summary(plugin, capsys):
    assert end(plugin, capsys) == (0, "X OK: fine")


def test_the_worst_finding_decides(plugin, capsys):
    found = [(plugin.WARNING, "w"), (plugin.CRITICAL, "c"), (plugin.UNKNOWN, "u")]
    assert end(plugin, capsys, *found) == (2, "X CRITICAL: c, w, u")
    assert end(plugin, capsys, found[0], found[2])[0] == plugin.WARNING


def test_shows_five_findings(plugin, capsys):
    _code, text = end(plugin, capsys, *[(plugin.WARNING, f"f{number}") for number in range(8)])
    assert text == "X WARNING: f0, f1, f2, f3, f4, and 3 more"


def test_performance_data_cannot_be_forged(plugin, capsys):
    limits = types.SimpleNamespace(warning=80, critical=90)
    figures = [("a'b=c", 1.5, "%", limits, 0, 100), ("n", 3)]
    _code, text = end(plugin, capsys, summary="one | two\nthree", figures=figures)
    assert text == "X OK: one / two three | 'ab_c'=1.5%;80;90;0;100 'n'=3"


def test_an_unexpected_failure_is_unknown(plugin, capsys):
    def fails():
        raise KeyError("gone")

    with pytest.raises(SystemExit) as ended:
        plugin.run(fails, "X")
    plugin.signal.alarm(0)
    assert ended.value.code == plugin.UNKNOWN
    assert capsys.readouterr().out == "X UNKNOWN: 'gone'\n"


def test_a_slow_check_is_unknown(plugin, capsys):
    with pytest.raises(SystemExit) as ended:
        plugin.run(lambda: time.sleep(5), "X", 1)
    assert ended.value.code == plugin.UNKNOWN
    assert "no result within 1 s" in capsys.readouterr().out


def test_a_wrong_command_line_is_unknown(plugin, capsys):
    with pytest.raises(SystemExit) as ended:
        plugin.Parser(prog="check_x").parse_args(["--nonsense"])
    assert ended.value.code == plugin.UNKNOWN
    assert capsys.readouterr().out.startswith("UNKNOWN: check_x: ")


@pytest.mark.parametrize(("address", "text"), [("192.0.2.1", "192.0.2.1"), ("2001:db8::1", "[2001:db8::1]")])
def test_brackets_an_address(plugin, address, text):
    assert plugin.bracketed(address) == text
