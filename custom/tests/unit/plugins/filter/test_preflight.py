from __future__ import annotations

import pytest
from ansible_collections.kube_magic.cluster.plugins.filter import preflight


def finding(check="memory", severity="error", message="too little", remedy="Add some."):
    return {"check": check, "severity": severity, "message": message, "remedy": remedy}


def result(*findings, ignored=(), **observed):
    return {"findings": list(findings), "ignored": list(ignored), "observed": {"hardware_addresses": [], **observed}}


def test_has_the_names_that_the_role_uses():
    assert sorted(preflight.FilterModule().filters()) == [
        "preflight_findings",
        "preflight_sentence",
        "preflight_table",
    ]


def test_sorts_by_host_and_severity():
    hosts = {
        "b": result(finding(severity="info"), finding(severity="error"), finding(severity="warning")),
        "a": result(finding(severity="warning")),
    }
    found = [(one["host"], one["severity"]) for one in preflight.collect(hosts)]
    assert found == [("b", "error"), ("b", "warning"), ("b", "info"), ("a", "warning")]


def test_an_ignored_error_is_a_warning():
    (found,) = preflight.collect({"a": result(finding(), ignored=["memory"])})
    assert (found["severity"], found["message"]) == ("warning", "too little (overruled)")
    (found,) = preflight.collect({"a": result(finding(severity="info"), ignored=["memory"])})
    assert found["severity"] == "info"


@pytest.mark.parametrize(
    ("answer", "members", "message"),
    [
        ("02:00:00:00:00:09", ["lb1", "lb2"], "192.0.2.100 is already in use, by 02:00:00:00:00:09"),
        ("02:00:00:00:00:03", ["lb1", "lb2"], "192.0.2.100 is already in use, by w1"),
        ("02:00:00:00:00:02", ["lb1", "lb2"], None),
        # One load balancer was not checked: the address may be on it.
        ("02:00:00:00:00:09", ["lb1", "lb2", "lb3"], None),
    ],
)
def test_a_virtual_address_of_another_machine(answer, members, message):
    hosts = {
        "lb1": result(hardware_addresses=["02:00:00:00:00:01"], vip_answers={"192.0.2.100": answer}),
        "lb2": result(hardware_addresses=["02:00:00:00:00:02"], vip_answers={}),
        "w1": result(hardware_addresses=["02:00:00:00:00:03"]),
    }
    found = preflight.collect(hosts, members)
    assert [one["message"] for one in found] == ([] if message is None else [message])


def test_machines_with_the_same_id():
    hosts = {
        "a": result(machine_id="1"),
        "b": result(machine_id="1"),
        "c": result(machine_id="2"),
        "d": result(machine_id=""),
    }
    found = preflight.collect(hosts)
    assert [(one["host"], one["check"]) for one in found] == [("a", "machine-id"), ("b", "machine-id")]
    assert "the same /etc/machine-id as b" in found[0]["message"]


def test_a_host_without_a_result_has_no_findings():
    assert preflight.collect({"a": {}, "b": {"findings": []}}, ["a"]) == []


def test_prints_a_table_that_fits():
    long = finding(message="word " * 60, remedy="Do it.")
    lines = preflight.table([{"host": "a", **long}, {"host": "b2", **finding()}], width=100)
    assert lines[0].split() == ["HOST", "CHECK", "WHAT", "REMEDY"]
    assert max(len(line) for line in lines) <= 100
    assert lines[-1].split()[:3] == ["b2", "error", "memory"]
    assert preflight.table([])[0].split() == ["HOST", "CHECK", "WHAT", "REMEDY"]


def test_says_the_errors_of_a_host_in_a_line():
    found = [finding(), finding(severity="warning"), finding(check="disk")]
    assert preflight.sentence(found) == "memory: too little. Add some; disk: too little. Add some"
