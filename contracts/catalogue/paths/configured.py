"""Files that PostgreSQL's own configuration, or a connection's URL, names: looked for like those of a command."""

import re
from collections.abc import Iterator

from contracts.index import Index
from contracts.mentions import known_value
from contracts.mounting import mount_at
from contracts.objects import mapping, text
from contracts.workload import Container, Workload

Said = tuple[str, str, str]
"""(path, the words it stands in, where that is)."""

_CONFIG_FILE = re.compile(r"(?:^|[\s-])config_file=(/[\w./-]+)$")

_FILE = re.compile(r"^[ \t]*((?:hba|ident|ssl_cert|ssl_key|ssl_ca|ssl_crl)_file)[ \t]*+=?[ \t]*+'?(/[\w./-]+)'?", re.M)
"""Parameters that name a file that the server reads (postgresql.org/docs, «File Locations», «SSL»)."""

_IN_URL = re.compile(r"[?&]sslrootcert=(/[\w./-]+)")
"""libpq's word for it, in URLs too (postgresql.org/docs, «Connection URIs»)."""


def named_in(index: Index, workload: Workload, container: Container) -> Iterator[Said]:
    """Every absolute path in a configuration that an argument names and a ConfigMap holds, and in URLs of variables.
    A URL is not repeated: it may have a password in it."""
    for word in container.arguments:
        if match := _CONFIG_FILE.search(word):
            yield from _in_file(index, workload, container, match[1])
    for variable in index.environment(workload, container).values():
        if match := _IN_URL.search(known_value(index, variable) or ""):
            yield match[1], f"sslrootcert={match[1]} in {variable.name}", variable.where


def _in_file(index: Index, workload: Workload, container: Container, path: str) -> Iterator[Said]:
    mount = mount_at(container, path)
    volume = mapping(workload.volumes.get(mount.volume)) if mount and not mount.sub_path else {}
    name = text(mapping(volume.get("configMap")).get("name"))
    key = path[len(mount.path) + 1 :] if mount else ""
    data = mapping(mapping(index.get("ConfigMap", workload.ref.namespace, name)).get("data")) if name else {}
    for match in _FILE.finditer(text(data.get(key))):
        yield match[2], f"{match[1]} = {match[2]}", f"ConfigMap/{name} data[{key}]"
