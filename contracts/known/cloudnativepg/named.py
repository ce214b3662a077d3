"""The objects that those of CloudNativePG name, but for Secrets and ConfigMaps.

Sources: api/v1/{cluster,backup,pooler,imagecatalog}_types.go at v1.30.0; plugin-barman-cloud at v0.15.0,
internal/cnpgi/operator/config/config.go.
"""

from collections.abc import Iterator

from contracts.known.cloudnativepg import BARMAN
from contracts.known.named import Name, Named
from contracts.objects import Plain, at, mappings, text


def _of_cluster(body: Plain) -> Iterator[Name]:
    if name := text(at(body, "spec", "cluster", "name")):
        because = (
            "the operator looks for the Cluster in this object's namespace only, and says nothing where it has none"
        )
        yield Name("spec.cluster.name", name, (), because, kind="Cluster")


def _cluster(body: Plain) -> Iterator[Name]:
    catalogue = at(body, "spec", "imageCatalogRef")
    if name := text(at(catalogue, "name")):
        kind = text(at(catalogue, "kind"))
        yield Name("spec.imageCatalogRef.name", name, (), "no instance is made without an image", kind=kind)
    for number, plugin in enumerate(mappings(at(body, "spec", "plugins"))):
        yield from _store(plugin, f"spec.plugins[{number}]", "nothing is archived, and every backup fails")
    for other in mappings(at(body, "spec", "externalClusters")):
        where = f"spec.externalClusters[{text(other.get('name'))}].plugin"
        yield from _store(other.get("plugin"), where, "nothing can be restored from it")


def _store(plugin: object, where: str, because: str) -> Iterator[Name]:
    name = text(at(plugin, "parameters", "barmanObjectName"))
    if at(plugin, "name") == BARMAN and at(plugin, "enabled") is not False and name:
        yield Name(f"{where}.parameters.barmanObjectName", name, (), because, kind="ObjectStore")


NAMED: dict[tuple[str, str], Named] = {
    **{
        ("postgresql.cnpg.io", kind): _of_cluster
        for kind in ("Database", "DatabaseRole", "Pooler", "ScheduledBackup", "Backup", "Publication", "Subscription")
    },
    ("postgresql.cnpg.io", "Cluster"): _cluster,
}
"""(API group, kind) → what an object names."""
