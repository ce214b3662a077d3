"""Files that PostgreSQL's own configuration, or a connection's URL, names: looked for like those of a command."""

import re
from collections.abc import Iterator

from contracts.index import Index
from contracts.mentions import known_value
from contracts.mounted import File, file_at
from contracts.workload import Container, Workload

Said = tuple[str, str, str]
"""(path, the words it stands in, where that is)."""

_CONFIG_FILE = re.compile(r"(?:^|[\s-])config_file=(/[\w./-]+)$")

_FILE = re.compile(r"^[ \t]*((?:hba|ident|ssl_cert|ssl_key|ssl_ca|ssl_crl)_file)[ \t]*+=?[ \t]*+'?(/[\w./-]+)'?", re.M)
"""Parameters that name a file that the server reads (postgresql.org/docs, «File Locations», «SSL»)."""

_IN_URL = re.compile(r"[?&]sslrootcert=(/[\w./-]+)")
"""libpq's word for it, in URLs too (postgresql.org/docs, «Connection URIs»)."""


def configuration_of(index: Index, workload: Workload, container: Container) -> File | None:
    """The postgresql.conf that an argument names; None without one, or where the set does not have it."""
    match = next((found for word in container.arguments if (found := _CONFIG_FILE.search(word))), None)
    return file_at(index, workload, container, match[1]) if match else None


def files_in(configuration: File) -> dict[str, str]:
    """Parameter → the absolute path that it names."""
    return {match[1]: match[2] for match in _FILE.finditer(configuration.content)}


def named_in(index: Index, workload: Workload, container: Container) -> Iterator[Said]:
    """Every such path in the container's configuration, and in URLs of its variables. A URL is not repeated: it may
    have a password in it."""
    if configuration := configuration_of(index, workload, container):
        for parameter, path in files_in(configuration).items():
            yield path, f"{parameter} = {path}", configuration.where
    for variable in index.environment(workload, container).values():
        if match := _IN_URL.search(known_value(index, variable) or ""):
            yield match[1], f"sslrootcert={match[1]} in {variable.name}", variable.where
