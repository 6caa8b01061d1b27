"""What our plugins share: one line of result, performance data and exit codes as the Monitoring Plugins guidelines want
them, and never a traceback. Python 3.6 or newer, standard library only."""

import argparse
import signal
import sys

OK, WARNING, CRITICAL, UNKNOWN = range(4)
NAMES = ("OK", "WARNING", "CRITICAL", "UNKNOWN")
# From harmless to bad: a certain problem counts more than an uncertain one.
SEVERITY = (OK, UNKNOWN, WARNING, CRITICAL)
MOST_SHOWN = 5


class Parser(argparse.ArgumentParser):
    """A wrong command line is UNKNOWN, 3; argparse's own 2 would be CRITICAL."""

    def error(self, message):
        print(f"UNKNOWN: {self.prog}: {message}")
        sys.exit(UNKNOWN)

    def limits(self, warning, critical, what):
        """--warning and --critical; what they are compared with."""
        self.add_argument("--warning", type=float, default=warning, help=what)
        self.add_argument("--critical", type=float, default=critical, help=what)


class Result:
    """Collects findings; the worst one decides."""

    def __init__(self, title):
        self.title = title
        self.findings = []
        self.figures = []
        self.summary = ""

    def add(self, state, text):
        self.findings.append((state, text))

    def compare(self, value, limits, text):
        """A finding when the value has reached a limit."""
        state = state_of(value, limits.warning, limits.critical)
        if state != OK:
            self.add(state, text)

    def figure(self, label, value, unit="", limits=None, low=None, high=None):
        """Performance data: 'label'=value[unit];[warning];[critical];[minimum];[maximum]"""
        bounds = [limits.warning, limits.critical] if limits else [None, None]
        fields = [number(value) + unit] + ["" if bound is None else number(bound) for bound in [*bounds, low, high]]
        self.figures.append(
            "'{}'={}".format(clean(label).replace("'", "").replace("=", "_"), ";".join(fields).rstrip(";"))
        )

    def state(self):
        return max([state for state, _ in self.findings] or [OK], key=SEVERITY.index)

    def end(self):
        """Prints the result and leaves with its exit code."""
        worst = sorted(self.findings, key=lambda found: -SEVERITY.index(found[0]))
        texts = [text for state, text in worst if state != OK] or [self.summary] + [text for _, text in worst]
        shown = ", ".join(text for text in texts[:MOST_SHOWN] if text)
        more = ", and %d more" % (len(texts) - MOST_SHOWN) if len(texts) > MOST_SHOWN else ""
        state = self.state()
        line = f"{self.title} {NAMES[state]}: {clean(shown)}{more}"
        print(line + (" | " + " ".join(self.figures) if self.figures else ""))
        sys.exit(state)


def state_of(value, warning, critical):
    """Rising values are bad, unless the warning lies above the critical limit."""
    if warning > critical:
        return CRITICAL if value <= critical else WARNING if value <= warning else OK
    return CRITICAL if value >= critical else WARNING if value >= warning else OK


def number(value):
    return (f"{value:.3f}").rstrip("0").rstrip(".") if isinstance(value, float) else str(value)


def clean(text):
    """One line, without the character that begins performance data."""
    return " ".join(str(text).replace("|", "/").split())


def bracketed(address):
    """An address as URLs want it."""
    return f"[{address}]" if ":" in address else address


def run(main, title, seconds=25):
    """Runs a plugin: what it does not expect, and what takes too long, is UNKNOWN."""

    def late(*_):
        raise RuntimeError("no result within %d s" % seconds)

    signal.signal(signal.SIGALRM, late)
    signal.alarm(seconds)
    try:
        main()
    except Exception as error:  # noqa: BLE001 - a monitoring plugin prints a result whatever happens
        print(f"{title} UNKNOWN: {clean(error) or type(error).__name__}")
        sys.exit(UNKNOWN)
