"""All hosts' findings together: what only shows in comparison, and the table for people."""

from __future__ import annotations

import textwrap

SEVERITIES = {"error": 0, "warning": 1, "info": 2}


def collect(results, members=()):
    """Findings of all hosts, worst first within a host.

    results: host name to the preflight module's result, in inventory order.
    members: names of all load balancers, whether or not they were looked at.
    """
    found = []
    strangers = answered_by_strangers(results, members)
    twins = same_machine_id(results)
    for host, result in results.items():
        own = list(result.get("findings", [])) + strangers.get(host, []) + twins.get(host, [])
        own = [overruled(one) if one["check"] in result.get("ignored", []) else one for one in own]
        own.sort(key=lambda one: SEVERITIES[one["severity"]])
        found += [dict(host=host, **one) for one in own]
    return found


def overruled(one):
    """An error that the operator has taken upon himself."""
    if one["severity"] != "error":
        return one
    return dict(one, severity="warning", message=one["message"] + " (overruled)")


def answered_by_strangers(results, members):
    """A virtual address that another machine than our load balancers answers for."""
    seen = {host: results[host]["observed"] for host in members if results.get(host, {}).get("observed")}
    if len(seen) < len(members):
        return {}  # with --limit, or one that is down, it may be a load balancer that was not looked at
    ours = {address for observed in seen.values() for address in observed["hardware_addresses"]}
    holders = {
        address: host
        for host, result in results.items()
        for address in result.get("observed", {}).get("hardware_addresses", [])
    }
    found = {}
    for host, observed in seen.items():
        for vip, hardware in observed.get("vip_answers", {}).items():
            if hardware in ours:
                continue
            found.setdefault(host, []).append(
                {
                    "check": "vip",
                    "severity": "error",
                    "message": f"{vip} is already in use, by {holders.get(hardware, hardware)}",
                    "remedy": "Choose a free address for it, or remove it from the machine that has it.",
                }
            )
    return found


def same_machine_id(results):
    """Machines cloned with their identity."""
    owners = {}
    for host, result in results.items():
        identity = result.get("observed", {}).get("machine_id")
        if identity:
            owners.setdefault(identity, []).append(host)
    found = {}
    for hosts in owners.values():
        for host in hosts if len(hosts) > 1 else []:
            others = [other for other in hosts if other != host]
            found[host] = [
                {
                    "check": "machine-id",
                    "severity": "warning",
                    "message": "the same /etc/machine-id as {}: cloned without a new one".format(", ".join(others)),
                    "remedy": "rm /etc/machine-id && systemd-machine-id-setup, then reboot, on all but one.",
                }
            ]
    return found


def table(findings, width=140):
    """Lines of a table; long cells are wrapped."""
    rows = [("HOST", "", "CHECK", "WHAT", "REMEDY")]
    rows += [(one["host"], one["severity"], one["check"], one["message"], one["remedy"]) for one in findings]
    narrow = [max(len(row[column]) for row in rows) for column in range(3)]
    wide = max(30, (width - sum(narrow) - 8) // 2)
    widths = [*narrow, wide, wide]
    lines = []
    for row in rows:
        cells = [
            textwrap.wrap(cell, max(size, 1), break_on_hyphens=False) or [""]
            for cell, size in zip(row, widths, strict=False)
        ]
        for index in range(max(len(cell) for cell in cells)):
            parts = [
                (cell[index] if index < len(cell) else "").ljust(size)
                for cell, size in zip(cells, widths, strict=False)
            ]
            lines.append("  ".join(parts).rstrip())
    return lines


def sentence(findings):
    """One host's errors in a line."""
    errors = [one for one in findings if one["severity"] == "error"]
    return "; ".join("{}: {}. {}".format(one["check"], one["message"], one["remedy"].rstrip(".")) for one in errors)


class FilterModule:
    def filters(self):
        return {
            "preflight_findings": collect,
            "preflight_table": table,
            "preflight_sentence": sentence,
        }
