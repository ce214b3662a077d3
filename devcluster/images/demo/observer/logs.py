"""Log lines: as text, or one JSON object a line; to standard output, and to files where they can be written."""

import json
import logging
import logging.handlers
import sys
from datetime import datetime

from observer.settings import Settings

_FILE_BYTES = 10 * 1024 * 1024
_FILES = (("OBSERVER_LOG_DIR", "observer"), ("OBSERVER_SYSTEM_LOG_DIR", "system"))


class JsonLines(logging.Formatter):
    """One JSON object a line: time with offset, level, logger, message, pod, and the error where there is one."""

    def __init__(self, pod: str) -> None:
        super().__init__()
        self.pod = pod

    def format(self, record: logging.LogRecord) -> str:
        """`record` as one line of JSON."""
        line = {
            "time": datetime.fromtimestamp(record.created).astimezone().isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            "pod": self.pod,
        }
        if record.exc_info:
            line["error"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)


def start(settings: Settings) -> None:
    """Send the log to standard output and, where the directories allow it, to a file of this pod in each of them."""
    formatter = (
        JsonLines(settings.pod) if settings.log_json else logging.Formatter("%(asctime)s %(levelname)s %(message)s")
    )
    root = logging.getLogger()
    root.setLevel(settings.log_level)
    output = logging.StreamHandler(sys.stdout)
    output.setFormatter(formatter)
    root.addHandler(output)
    for variable, name in _FILES:
        path = settings.directories[variable] / f"{name}-{settings.pod}.log"
        try:
            handler = logging.handlers.RotatingFileHandler(path, maxBytes=_FILE_BYTES, backupCount=3, encoding="utf-8")
        except OSError as error:
            # As the Observer does: it goes on without the file, and /ready says why it is not ready.
            root.warning("no log file %s: %s", path, error.strerror)
            continue
        handler.setFormatter(formatter)
        root.addHandler(handler)
