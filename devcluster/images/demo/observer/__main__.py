"""Start the app: settings, log, files, the heartbeat, the server; end on SIGTERM."""

import logging
import os
import signal
import sys
import threading

import yaml
from observer import files, logs
from observer.database import Database, Unreachable
from observer.server import Server
from observer.settings import BadEnvironment, Settings, settings

BEAT = 1.0
"""Seconds between two heartbeats."""

_log = logging.getLogger("observer")


def main() -> int:
    """Run until SIGTERM or SIGINT; the result is the exit code."""
    try:
        given = settings(os.environ)
        markets = _markets(given)
    except BadEnvironment as error:
        print(f"observer: {error}", file=sys.stderr)
        return 2
    files.make(given.directories)
    logs.start(given)
    files.write_state(given.directories, markets)
    files.append(given.directories, given.pod, {"event": "started", "pod": given.pod})
    database = Database(given.login)
    server = Server(given, database)
    ended = threading.Event()
    threading.Thread(target=_beat, args=(database, given.pod, ended), daemon=True).start()

    def end(number: int, _: object) -> None:
        _log.info("ending on %s", signal.Signals(number).name)
        ended.set()
        # shutdown() waits for serve_forever(), which is what this thread runs
        threading.Thread(target=server.shutdown, daemon=True).start()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, end)
    _log.info("serving on port %d, database %s:%d", given.port, given.login.host, given.login.port)
    server.serve_forever(poll_interval=0.2)
    server.server_close()
    return 0


def _markets(given: Settings) -> list[str]:
    """The markets that the configuration file names; the file may be absent."""
    try:
        content = yaml.safe_load(given.config_file.read_text(encoding="utf-8")) or {}
    except FileNotFoundError:
        return ["kr_stocks"]
    except (OSError, ValueError, yaml.YAMLError) as error:
        raise BadEnvironment(f"{given.config_file} can't be read as YAML: {str(error).splitlines()[0]}.") from error
    markets = content.get("markets", ["kr_stocks"]) if isinstance(content, dict) else None
    if not isinstance(markets, list) or not all(isinstance(one, str) and one.isidentifier() for one in markets):
        raise BadEnvironment(f"{given.config_file}: markets must be a list of names, such as [kr_stocks].")
    return markets


def _beat(database: Database, pod: str, ended: threading.Event) -> None:
    """Write a heartbeat each second; say once when the database goes away, and once when it is back."""
    reached = True
    while not ended.wait(BEAT):
        try:
            database.beat(pod)
            if not reached:
                _log.info("the database answers again")
            reached = True
        except Unreachable as error:
            if reached:
                _log.error("no heartbeat: %s", error)
            reached = False


if __name__ == "__main__":
    sys.exit(main())
