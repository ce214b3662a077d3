"""T08: an archive of WAL has one writer, and who restores from it doesn't write to it."""

from collections.abc import Iterator
from typing import NamedTuple

from contracts.clusters import clusters
from contracts.index import Index
from contracts.known.cloudnativepg import BARMAN, bootstrap
from contracts.objects import Plain, at, mapping, mappings, text
from contracts.violation import Ref, Violation


class Archive(NamedTuple):
    """Where WAL and base backups lie: the place of a store, and the server's name below it."""

    endpoint: str
    path: str
    server: str


def single(index: Index) -> Iterator[Violation]:
    """T08. Two stores of one place are one."""
    writers: dict[Archive, Ref] = {}
    for cluster in clusters(index):
        body = index.objects[cluster]
        if (written := _written(index, cluster, body)) is None:
            continue
        archive, path = written
        if (first := writers.setdefault(archive, cluster)) != cluster:
            yield _shared(cluster, path, archive, first)
        if at(body, "metadata", "annotations", "cnpg.io/skipEmptyWalArchiveCheck") != "enabled":
            for source, where in _read(index, cluster, body):
                if source == archive:
                    yield _own(cluster, path, archive, where)


def _shared(cluster: Ref, path: str, archive: Archive, first: Ref) -> Violation:
    return Violation(
        "T08",
        cluster,
        path,
        found=f"{_told(archive)}, to which {first} archives as well",
        expected="an archive of its own",
        because="the second one is refused («Expected empty archive»), and runs without any backup",
        fix=f"give {cluster.name} another serverName",
        cause=f"two Clusters archive to {_told(archive)}",
    )


def _own(cluster: Ref, path: str, archive: Archive, where: str) -> Violation:
    return Violation(
        "T08",
        cluster,
        path,
        found=f"{_told(archive)}, from which it is restored by {where}",
        expected="another serverName than that of the archive that is restored",
        because="a restored Cluster begins an archive of its own: «Expected empty archive», and the restore ends",
        fix="give each generation of the Cluster a serverName of its own",
        cause=f"{cluster} archives to where it is restored from",
    )


def _told(archive: Archive) -> str:
    return f"{archive.server} in {archive.path}"


def _written(index: Index, cluster: Ref, body: Plain) -> tuple[Archive, str] | None:
    for number, plugin in enumerate(mappings(at(body, "spec", "plugins"))):
        archives = plugin.get("isWALArchiver") is True and plugin.get("enabled") is not False
        if archives and (archive := _by_plugin(index, cluster, plugin)):
            return archive, f"spec.plugins[{number}].parameters.serverName"
    if archive := _in_tree(at(body, "spec", "backup", "barmanObjectStore"), cluster.name):
        return archive, "spec.backup.barmanObjectStore.serverName"
    return None


def _read(index: Index, cluster: Ref, body: Plain) -> Iterator[tuple[Archive, str]]:
    """The archives that the bootstrap reads; a replica reads its own for ever."""
    method, settings = bootstrap(body)
    wanted = {text(settings.get("source")) if method == "recovery" else "", text(at(body, "spec", "replica", "source"))}
    for other in mappings(at(body, "spec", "externalClusters")):
        name = text(other.get("name"))
        if name and name in wanted:
            where = f"externalClusters[{name}]"
            if archive := _by_plugin(index, cluster, mapping(other.get("plugin"))):
                yield archive, where
            if archive := _in_tree(other.get("barmanObjectStore"), name):
                yield archive, where


def _by_plugin(index: Index, cluster: Ref, plugin: Plain) -> Archive | None:
    name = text(at(plugin, "parameters", "barmanObjectName"))
    if plugin.get("name") != BARMAN or not name:
        return None
    server = text(at(plugin, "parameters", "serverName")) or cluster.name
    store = mapping(at(index.get("ObjectStore", cluster.namespace, name), "spec", "configuration"))
    # A store that the set does not have is told apart by its name.
    path = text(store.get("destinationPath")).rstrip("/") or f"ObjectStore {cluster.namespace}/{name}"
    return Archive(text(store.get("endpointURL")).rstrip("/"), path, server)


def _in_tree(store: object, server: str) -> Archive | None:
    found = mapping(store)
    if not (path := text(found.get("destinationPath"))):
        return None
    own = text(found.get("serverName")) or server
    return Archive(text(found.get("endpointURL")).rstrip("/"), path.rstrip("/"), own)
