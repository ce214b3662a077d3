"""Which variables name a directory or file, and which of them the code writes to. By their names and values.

A variable counts as written only where its name says so (LOG, DATA, CACHE, …): a configuration, a template or a
certificate may well be a part of the image, and a path of an URL is no path at all.
"""

import re
from functools import lru_cache

_ENDS = frozenset("DIR DIRS DIRECTORY PATH PATHS HOME FOLDER ROOT LOCATION FILE FILENAME DIRNAME".split())
_WRITTEN = frozenset(
    "DATA LOG LOGS LOGGING CACHE CACHES TMP TEMP STATE STORAGE UPLOAD UPLOADS SPOOL SCRATCH DUMP DUMPS BACKUP BACKUPS "
    "OUTPUT SNAPSHOT SNAPSHOTS QUEUE WAL JOURNAL PID SESSION SESSIONS DOWNLOAD DOWNLOADS LOCK MEDIA ARCHIVE".split()
)
_READ = frozenset("STATIC SEED SEEDS FIXTURE FIXTURES MODEL MODELS REFERENCE URL URI HTTP API ROUTE GEOIP".split())
_TOGETHER = re.compile(r"(DATA|LOGS?|TMP|TEMP|CACHE|PID|BACKUP|UPLOADS?|DUMP|SPOOL)(DIR|PATH|FILE|FOLDER|HOME)$")
_ALONE = frozenset({"TMPDIR", "TEMPDIR", "XDG_RUNTIME_DIR"})
_OF_IMAGE = tuple("/usr/ /etc/ /bin/ /sbin/ /lib/ /proc/ /sys/ /dev/ /run/secrets/ /var/run/secrets/".split())
_ROOTS = frozenset("/data /tmp /logs /log /cache /backup /backups /storage /var /dump /state".split())
_PATH = re.compile(r"/[^\s:,;?*$<>|{}\"']*$")


@lru_cache(maxsize=20_000)
def is_written(name: str) -> bool:
    """Whether a variable's name says that the code writes where it points to: KIS_TOKEN_CACHE_DIR, LOG_PATH, TMPDIR."""
    upper = name.upper().replace(".", "_").replace("-", "_")
    if upper in _ALONE:
        return True
    words = [word for word in upper.split("_") if word]
    if set(words) & _READ:
        return False
    if together := _TOGETHER.search(upper):
        return together[1] in _WRITTEN
    if not set(words) & _ENDS:
        return False
    while words and words[-1] in _ENDS:
        words.pop()
    return bool(words) and words[-1] in _WRITTEN


def as_path(name: str, value: str | None) -> str:
    """The absolute path in a variable's value, without a slash at its end; "" for anything else.

    What lies in the directories that an image brings along is its own. A path of one word under a name like
    UPLOAD_PATH is more likely a part of a URL, unless it is one that directories usually have.
    """
    if not value or not _PATH.match(value) or value.startswith("//"):
        return ""
    path = value.rstrip("/")
    if not path or f"{path}/".startswith(_OF_IMAGE):
        return ""
    if path.count("/") == 1 and path not in _ROOTS and name.upper().endswith("PATH"):
        return ""
    return path
