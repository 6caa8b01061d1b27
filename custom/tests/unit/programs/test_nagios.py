from __future__ import annotations

import json
import os

import pytest

PLUGINS = "nagios_server/files/plugins"


class TestActivate:
    @pytest.fixture
    def site(self, tmp_path, programs):
        """Nagios refuses a configuration with the word BROKEN."""
        staged = tmp_path / "staged"
        (staged / "objects").mkdir(parents=True)
        (staged / "nagios.cfg").write_text("one")
        (staged / "objects/hosts.cfg").write_text("hosts")
        nagios = programs("nagios", 'if grep -q BROKEN "$2"; then echo "  Error: no such host"; exit 1; fi')
        return nagios, staged, tmp_path / "live"

    def test_turns_a_link_to_a_copy(self, execute, site):
        done = execute(f"{PLUGINS}/nagios_activate", *site)
        assert (done.returncode, done.stdout) == (0, "changed\n")
        assert (site[2] / "objects/hosts.cfg").read_text() == "hosts"
        assert os.path.islink(site[2])
        site[1].joinpath("nagios.cfg").write_text("edited later")
        assert (site[2] / "nagios.cfg").read_text() == "one"

    def test_leaves_the_same_configuration_alone(self, execute, site):
        execute(f"{PLUGINS}/nagios_activate", *site)
        target = os.readlink(site[2])
        assert execute(f"{PLUGINS}/nagios_activate", *site).stdout == "unchanged\n"
        assert os.readlink(site[2]) == target

    @pytest.mark.parametrize(
        "change",
        [
            lambda staged: (staged / "nagios.cfg").write_text("two"),
            lambda staged: (staged / "objects/more.cfg").write_text("x"),
            lambda staged: (staged / "objects/hosts.cfg").unlink(),
        ],
        ids=["content", "new file", "removed file"],
    )
    def test_sees_every_change(self, execute, site, change):
        execute(f"{PLUGINS}/nagios_activate", *site)
        change(site[1])
        assert execute(f"{PLUGINS}/nagios_activate", *site).stdout == "changed\n"

    def test_keeps_the_old_one_when_nagios_refuses(self, execute, site):
        execute(f"{PLUGINS}/nagios_activate", *site)
        site[1].joinpath("nagios.cfg").write_text("BROKEN")
        done = execute(f"{PLUGINS}/nagios_activate", *site)
        assert (done.returncode, done.stderr) == (2, "Error: no such host\n")
        assert (site[2] / "nagios.cfg").read_text() == "one"

    def test_keeps_three(self, execute, site):
        for number in range(5):
            site[1].joinpath("nagios.cfg").write_text(str(number))
            execute(f"{PLUGINS}/nagios_activate", *site)
        assert len(os.listdir(f"{site[2]}.d")) == 3
        assert (site[2] / "nagios.cfg").read_text() == "4"


class TestState:
    STATUS = """
info {
\tcreated=1000
\t}
programstatus {
\tprogram_start=900
\tenable_notifications=1
\t}
"""
    FIELDS = (
        "has_been_checked=1",
        "state_type=1",
        "last_state_change=950",
        "last_check=990",
        "problem_has_been_acknowledged=0",
        "scheduled_downtime_depth=0",
    )

    @pytest.fixture
    def ask(self, execute, tmp_path):
        def run(*blocks, every=False):
            status = self.STATUS
            for kind, *fields in blocks:
                status += f"{kind} {{\n" + "".join(f"\t{line}\n" for line in (*self.FIELDS, *fields)) + "\t}\n"
            (tmp_path / "status.dat").write_text(status)
            (tmp_path / "nagios.cfg").write_text(f"log_file=/x\nstatus_file={tmp_path}/status.dat\n")
            words = ["--config", tmp_path / "nagios.cfg", *(["--all"] if every else [])]
            return json.loads(execute(f"{PLUGINS}/nagios_state", *words).stdout)

        return run

    def host(self, state, flapping=0):
        return ("hoststatus", "host_name=lb1", f"current_state={state}", "plugin_output=x=1", f"is_flapping={flapping}")

    def service(self, state, *more):
        names = ("host_name=lb1", "service_description=haproxy", "plugin_output=out", "is_flapping=0")
        return ("servicestatus", *names, f"current_state={state}", *more)

    def test_counts_and_leaves_out_what_is_well(self, ask):
        answer = ask(self.host(0), self.service(0))
        assert answer["hosts"] == answer["services"] == 1
        assert answer["entries"] == []
        assert (answer["written"], answer["started"], answer["notifications"]) == (1000, 900, True)

    @pytest.mark.parametrize(("state", "word"), [(1, "CRITICAL"), (2, "UNKNOWN"), (3, "UNKNOWN")])
    def test_words_for_hosts(self, ask, state, word):
        (entry,) = ask(self.host(state))["entries"]
        assert (entry["state"], entry["output"], "service" in entry) == (word, "x=1", False)

    @pytest.mark.parametrize(("state", "word"), [(1, "WARNING"), (2, "CRITICAL"), (3, "UNKNOWN")])
    def test_words_for_services(self, ask, state, word):
        (entry,) = ask(self.service(state))["entries"]
        assert (entry["state"], entry["service"], entry["hard"], entry["since"]) == (word, "haproxy", True, 950)

    def test_one_that_was_never_checked_is_pending(self, ask):
        (entry,) = ask(self.service(0, "has_been_checked=0"))["entries"]
        assert entry["state"] == "PENDING"

    def test_shows_what_flaps_and_all_when_asked(self, ask):
        assert ask(self.host(0, flapping=1))["entries"][0]["flapping"]
        assert len(ask(self.host(0), self.service(0), every=True)["entries"]) == 2
