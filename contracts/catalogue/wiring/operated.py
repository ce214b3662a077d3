"""W21: what an operator's object names is there: a Cluster of its namespace, a store, a catalogue, a plugin."""

from collections.abc import Iterator
from dataclasses import replace

from contracts.catalogue.absent import There, missing
from contracts.clusters import cluster_of
from contracts.index import Index
from contracts.known import builtin
from contracts.known.cloudnativepg import is_own
from contracts.known.cloudnativepg.named import NAMED
from contracts.known.named import Name
from contracts.known.stores import NAMED as STORES
from contracts.near import nearest
from contracts.objects import CLUSTER_SCOPED, at, mapping, mappings, text
from contracts.once import once
from contracts.violation import Ref, Violation

_METHODS = {"barmanObjectStore": ("backup", "barmanObjectStore"), "volumeSnapshot": ("backup", "volumeSnapshot")}


def named(index: Index) -> Iterator[Violation]:
    """W21. Where nothing of the set can tell, it is said; objects of the whole cluster are told for a slip only."""
    for user, name in _references(index):
        target = _target(user, name)
        if target in index.objects:
            continue
        found = missing(
            "W21",
            user,
            name.path,
            target,
            there=_there(index, target.kind, target.namespace),
            because=name.what,
            elsewhere=index.namespaces_with(target.kind, target.name),
        )
        if _elsewhere_for_certain(index, user, target):
            yield replace(
                found, undecided=False, fix=f"put {user.kind} {user.name} into the namespace of {target.name}"
            )
        elif not found.undecided or (target.namespace == user.namespace and target.namespace):
            yield found
    yield from _backups(index)
    yield from _majors(index)


def _references(index: Index) -> Iterator[tuple[Ref, Name]]:
    for (group, kind), rule in [*NAMED.items(), *STORES.items()]:
        for user in index.refs(kind):
            if builtin.group(index.objects[user]) == group:
                yield from ((user, name) for name in rule(index.objects[user]))


def _target(user: Ref, name: Name) -> Ref:
    return Ref(name.kind, "" if name.kind in CLUSTER_SCOPED else name.namespace or user.namespace, name.name)


def _elsewhere_for_certain(index: Index, user: Ref, target: Ref) -> bool:
    """Whether a Cluster is in another namespace: the field has no place for one, so it is looked for in its own."""
    there = target.kind == "Cluster" and target.namespace == user.namespace
    return there and bool(index.namespaces_with("Cluster", target.name))


@once
def _there(index: Index, kind: str, namespace: str) -> There:
    """The names of one kind in a namespace, and those of them that something names."""
    # Many name one Cluster, so that one is named already says nothing.
    targets = (_target(user, name) for user, name in _references(index) if name.kind == kind != "Cluster")
    return There(index.names(kind, namespace), {target.name for target in targets if target.namespace == namespace})


def _backups(index: Index) -> Iterator[Violation]:
    """The way of a backup is one that its Cluster has."""
    for kind in ("ScheduledBackup", "Backup"):
        for user in index.refs(kind):
            body, cluster = index.objects[user], cluster_of(index, user)
            if not is_own(body) or cluster not in index.objects:
                continue
            spec, of_cluster = mapping(body.get("spec")), mapping(index.objects[cluster].get("spec"))
            method = text(spec.get("method")) or "barmanObjectStore"
            if method == "plugin":
                plugins = [
                    text(p.get("name")) for p in mappings(of_cluster.get("plugins")) if p.get("enabled") is not False
                ]
                if (wanted := text(at(spec, "pluginConfiguration", "name"))) not in plugins:
                    yield _no_way(user, "spec.pluginConfiguration.name", f"plugin {wanted}", cluster, plugins)
            elif method in _METHODS and not at(of_cluster, *_METHODS[method]):
                had = [name for name, path in _METHODS.items() if at(of_cluster, *path)]
                had += ["plugin"] if mappings(of_cluster.get("plugins")) else []
                yield _no_way(user, "spec.method", f"method {method}", cluster, had)


def _no_way(user: Ref, path: str, found: str, cluster: Ref, had: list[str]) -> Violation:
    word = found.partition(" ")[2]
    near = nearest(word, had) or (had[0] if len(had) == 1 else "")
    return Violation(
        "W21",
        user,
        path,
        found=f"{found}, which {cluster} does not have",
        expected=f"one of: {', '.join(had) or 'it has none'}",
        because="every backup fails, at the hour at which it is made",
        nearest=near,
        fix=f"write {near}" if near else f"configure {word} in {cluster}",
        cause=f"{cluster} has no {found}",
    )


def _majors(index: Index) -> Iterator[Violation]:
    """A catalogue has an image of the major version that a Cluster asks for."""
    for user in index.refs("Cluster"):
        reference = mapping(at(index.objects[user], "spec", "imageCatalogRef"))
        kind, wanted = text(reference.get("kind")), text(reference.get("major"))
        namespace = user.namespace if kind == "ImageCatalog" else ""
        catalogue = index.get(kind, namespace, text(reference.get("name")))
        if catalogue is None or not is_own(index.objects[user]):
            continue
        majors = [text(image.get("major")) for image in mappings(at(catalogue, "spec", "images"))]
        if wanted not in majors:
            yield Violation(
                "W21",
                user,
                "spec.imageCatalogRef.major",
                found=f"{wanted}, of which {kind} {text(reference.get('name'))} has no image",
                expected=f"one of: {', '.join(majors) or 'it has none'}",
                because="the Cluster stays in its first phase until the catalogue has one",
                fix=f"add an image of {wanted} to the catalogue, or ask for one that is there",
            )
