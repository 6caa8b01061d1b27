"""kube-magic-backup: everything about this host's backups, for the timer, for kube-magic, and for people."""

import argparse
import json
import signal
import sys

import backup
import drill
import lock
import restore
import verify
from failure import Failure
from repository import Repository
from settings import FILE, Settings
from status import Status, tell

# Seconds that a list or a restore waits for the timer's backup.
PATIENCE_SECONDS = 600


def arguments():
    parser = argparse.ArgumentParser(prog="kube-magic-backup", description=__doc__)
    parser.add_argument("--settings", default=FILE)
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("init", help="make the repository, unless there is one")
    run = commands.add_parser("run", help="make a backup now")
    run.add_argument(
        "--wait", metavar="SECONDS", type=int, default=0, help="for a drill or a restore on this host to end"
    )
    commands.add_parser("list", help="the backups of this host, and how the last ones went")
    check = commands.add_parser("verify", help="check the repository")
    check.add_argument("--read-data", metavar="all|N%", default="", help="read all data, or a part of it, too")
    commands.add_parser("drill", help="restore the latest backup to a scratch place and start its etcd")
    back = commands.add_parser("restore", help="restore files")
    back.add_argument("--snapshot", default="latest")
    back.add_argument(
        "--path", action="append", default=[], help="only this; absolute, or a folder of the backup such as etcd"
    )
    where = back.add_mutually_exclusive_group(required=True)
    where.add_argument("--to", metavar="FOLDER", help="a new folder")
    where.add_argument("--tar", action="store_true", help="a tar on standard output")
    where.add_argument("--in-place", action="store_true", help="over the live files")
    where.add_argument("--plan", action="store_true", help="what --in-place would replace")
    return parser.parse_args()


def act(options, settings, say):
    command = options.command
    if command == "list":
        return everything_known(settings, say)
    with lock.only_one(command, getattr(options, "wait", PATIENCE_SECONDS), say):
        restore.recover(settings, say)
        restore.sweep_state(settings)
        if command == "init":
            return {"changed": Repository(settings, say).init()}
        if command == "run":
            return backup.run(settings, say)
        if command == "verify":
            return verify.run(settings, say, options.read_data)
        if command == "drill":
            return drill.run(settings, say)
        if options.to:
            return restore.to_folder(settings, say, options.snapshot, options.to, options.path)
        if options.tar:
            return restore.to_output(settings, say, options.snapshot, options.path)
        return restore.in_place(settings, say, options.snapshot, options.path, options.plan)


def everything_known(settings, say):
    """The recorded status is reported even when the repository does not answer."""
    known = {"status": Status(settings).values, "snapshots": [], "problem": None}
    try:
        known["snapshots"] = Repository(settings, say).snapshots()
    except Failure as failure:
        known["problem"] = {"kind": failure.kind, "message": str(failure)}
    return known


def interrupted(number, _frame):
    raise Failure("interrupted", f"interrupted by {signal.Signals(number).name}")


def main():
    options = arguments()

    def tell_line(event):
        # With a tar on standard output, words go beside it.
        stream = sys.stderr if options.command == "restore" and options.tar else sys.stdout
        if options.json:
            print(json.dumps(event), file=stream, flush=True)
        elif event["event"] == "step":
            print(event["message"], file=stream, flush=True)
        elif event["event"] == "failure":
            print(f"kube-magic-backup: {event['kind']}: {event['message']}", file=sys.stderr, flush=True)
        elif options.command == "list":
            print(json.dumps(event["report"], indent=2))

    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="backslashreplace")
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(number, interrupted)
    try:
        report = act(
            options, Settings(options.settings), lambda message: tell_line({"event": "step", "message": message})
        )
    except Exception as error:  # noqa: BLE001 - whatever goes wrong is a line of JSON for the caller
        failure = tell(error)
        tell_line({"event": "failure", "kind": failure.kind, "message": str(failure)})
        return failure.exit_code
    tell_line({"event": "done", "report": report})
    return 0


sys.exit(main())
