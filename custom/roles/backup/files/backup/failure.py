"""Failures by kind. The status file, the check and the commands rely on the names of the kinds."""

INPUT = ("settings", "no-snapshot", "target-exists", "no-such-path")
LOCKED = ("busy", "repository-locked")


class Failure(Exception):
    """`kind` is stable, for programs; the message is for people."""

    def __init__(self, kind, message):
        super().__init__(message)
        self.kind = kind

    @property
    def exit_code(self):
        """2: an impossible request, 6: another process is at work, 130: interrupted, 5: it was tried and failed."""
        if self.kind in INPUT:
            return 2
        if self.kind in LOCKED:
            return 6
        return 130 if self.kind == "interrupted" else 5


def last_line(text):
    """What a program said last, which is mostly why it gave up."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else "it said nothing"
