"""W22, W23: what CloudNativePG's webhook would refuse, and names by which its operator would never reconcile."""

from collections.abc import Iterator

from contracts.clusters import clusters
from contracts.index import Index
from contracts.known.cloudnativepg import BARMAN, instances, is_own, is_replica
from contracts.known.cloudnativepg.refused import (
    FIXED_PARAMETERS,
    LONGEST_NAME,
    OWN_VALUES,
    POOLER_PARAMETERS,
    RESERVED_DATABASES,
    is_reserved_role,
)
from contracts.known.cloudnativepg.schedule import fault
from contracts.near import nearest
from contracts.objects import Plain, at, items, mapping, mappings, text
from contracts.violation import Ref, Violation

_REFUSED = "the operator's webhook refuses the object, in the middle of an apply"


def taken(index: Index) -> Iterator[Violation]:
    """W22, object by object."""
    for ref in clusters(index):
        body = index.objects[ref]
        yield from _cluster(ref, body)
        yield from _parameters(ref, body)
        yield from _roles(ref, body)
    for kind, reserved in (("Database", RESERVED_DATABASES.__contains__), ("DatabaseRole", is_reserved_role)):
        for ref in _own(index, kind):
            name = text(at(index.objects[ref], "spec", "name"))
            if reserved(name):
                yield _reserved(ref, "spec.name", name)
    for ref in _own(index, "ScheduledBackup"):
        wrong, fix = fault(text(at(index.objects[ref], "spec", "schedule")))
        if wrong:
            because = "CloudNativePG's schedules begin with the second; five fields are taken, and mean something else"
            yield _told(ref, "spec.schedule", wrong, "second, minute, hour, day, month, day of the week", because, fix)
    for ref in _own(index, "Pooler"):
        yield from _pooler(ref, index.objects[ref])


def _own(index: Index, kind: str) -> list[Ref]:
    return [ref for ref in index.refs(kind) if is_own(index.objects[ref])]


def _told(
    ref: Ref, path: str, found: str, expected: str, because: str, fix: str, near: str = "", contract: str = "W22"
) -> Violation:
    return Violation(contract, ref, path, found=found, expected=expected, because=because, nearest=near, fix=fix)


def _reserved(ref: Ref, path: str, name: str) -> Violation:
    because = "it is PostgreSQL's own or the operator's, which refuses to describe it"
    return _told(ref, path, f"the reserved name {name}", "a name of your own", because, "choose another name")


def _cluster(ref: Ref, body: Plain) -> Iterator[Violation]:
    spec, count = mapping(body.get("spec")), instances(body)
    if len(ref.name) > LONGEST_NAME:
        found = f"{ref.name}, of {len(ref.name)} characters"
        yield _told(ref, "metadata.name", found, f"at most {LONGEST_NAME}", _REFUSED, "choose a shorter name")
    if len(mapping(spec.get("bootstrap"))) > 1:
        found = ", ".join(map(text, mapping(spec.get("bootstrap"))))
        yield _told(ref, "spec.bootstrap", found, "one way to begin", _REFUSED, "leave one of them")
    synchronous = mapping(at(spec, "postgresql", "synchronous"))
    number, others = synchronous.get("number"), _names(synchronous)
    if isinstance(number, int) and number >= count + others:
        found = f"{number} synchronous standbys of {count} instance{'s' if count > 1 else ''}"
        expected = "fewer standbys than instances"
        fix = (
            f"write number: {count - 1}, or instances: {number + 1}" if count > 1 else f"write instances: {number + 1}"
        )
        yield _told(ref, "spec.postgresql.synchronous.number", found, expected, _REFUSED, fix)
    if synchronous and any(spec.get(field) for field in ("minSyncReplicas", "maxSyncReplicas")):
        found = "synchronous beside minSyncReplicas or maxSyncReplicas"
        yield _told(ref, "spec.postgresql.synchronous", found, "one of the two", _REFUSED, "take the old fields out")
    most = spec.get("maxSyncReplicas")
    if isinstance(most, int) and most >= count:
        found, expected = f"{most} of {count} instances", "fewer standbys than instances"
        yield _told(ref, "spec.maxSyncReplicas", found, expected, _REFUSED, f"write at most {count - 1}")
    yield from _plugins(ref, spec)
    if (database := text(at(spec, "bootstrap", "initdb", "database"))) in RESERVED_DATABASES:
        yield _reserved(ref, "spec.bootstrap.initdb.database", database)
    if "rw" in map(text, items(at(spec, "managed", "services", "disabledDefaultServices"))):
        where = "spec.managed.services.disabledDefaultServices"
        yield _told(ref, where, "rw", "ro or r", _REFUSED, "leave rw out: standbys and clients need it")


def _plugins(ref: Ref, spec: Plain) -> Iterator[Violation]:
    """The plugin of Barman Cloud is told of a store by the Cluster, or, where it archives nothing, by another one."""
    others = [other.get("plugin") for other in mappings(spec.get("externalClusters"))]
    named = any(at(plugin, "parameters", "barmanObjectName") for plugin in (*mappings(spec.get("plugins")), *others))
    for number, plugin in enumerate(mappings(spec.get("plugins"))):
        told = at(plugin, "parameters", "barmanObjectName") or (named and plugin.get("isWALArchiver") is not True)
        if plugin.get("name") == BARMAN and plugin.get("enabled") is not False and not told:
            found, expected = "a plugin that is told of no ObjectStore", "the name of one"
            path, fix = f"spec.plugins[{number}].parameters.barmanObjectName", "write the name of an ObjectStore"
            yield _told(ref, path, found, expected, "without it nothing is archived", fix)


def _names(synchronous: Plain) -> int:
    return sum(len(items(synchronous.get(field))) for field in ("standbyNamesPre", "standbyNamesPost"))


def _parameters(ref: Ref, body: Plain) -> Iterator[Violation]:
    skips = at(body, "metadata", "annotations", "cnpg.io/skipWalArchiving") == "enabled"
    archive = "off" if skips else "always" if is_replica(body) else OWN_VALUES["archive_mode"]
    own = {**OWN_VALUES, "archive_mode": archive}
    for key, value in mapping(at(body, "spec", "postgresql", "parameters")).items():
        if key in FIXED_PARAMETERS and text(value) != own.get(key):
            where = "the field spec.postgresql.shared_preload_libraries" if key == "shared_preload_libraries" else ""
            fix = f"write it in {where}" if where else f"leave {key} out"
            path, expected = f"spec.postgresql.parameters[{key}]", "parameters that the operator does not set itself"
            yield _told(ref, path, f"{key}, which CloudNativePG sets itself", expected, _REFUSED, fix)


def _roles(ref: Ref, body: Plain) -> Iterator[Violation]:
    for role in mappings(at(body, "spec", "managed", "roles")):
        name = text(role.get("name"))
        where = f"spec.managed.roles[{name}]"
        if is_reserved_role(name):
            yield _reserved(ref, f"{where}.name", name)
        if role.get("disablePassword") is True and role.get("passwordSecret"):
            found = "disablePassword beside passwordSecret"
            yield _told(ref, where, found, "one of the two", _REFUSED, "leave one of them out")


def _pooler(ref: Ref, body: Plain) -> Iterator[Violation]:
    for key in mapping(at(body, "spec", "pgbouncer", "parameters")):
        if text(key) not in POOLER_PARAMETERS:
            near = nearest(text(key), POOLER_PARAMETERS)
            fix = f"write {near}" if near else "leave it out"
            path, expected = f"spec.pgbouncer.parameters[{text(key)}]", "a parameter that a Pooler may set"
            yield _told(ref, path, text(key), expected, _REFUSED, fix, near)


def names(index: Index) -> Iterator[Violation]:
    """W23: a Pooler's name, and those of the Services that the operator makes."""
    for ref in _own(index, "Pooler"):
        if Ref("Cluster", ref.namespace, ref.name) in clusters(index):
            because = "the operator leaves a Pooler alone that is named like a Cluster (event NameClash)"
            fix = f"call it {ref.name}-pooler"
            yield _told(
                ref,
                "metadata.name",
                f"{ref.name}, the name of a Cluster",
                "a name of its own",
                because,
                fix,
                contract="W23",
            )
    for service, maker in index.contested:
        other = index.makers.get(service)
        path = _field(index, service, maker)
        whose = f"that {other} makes" if other else "that the set has already"
        because = "the operator refuses a Service that is not its own, and reconciles the whole object no further"
        fix = "choose another name" if other else f"take the Service out: the operator makes it of {maker}"
        yield _told(
            maker, path, f"Service {service.name}, {whose}", "a Service of its own", because, fix, contract="W23"
        )


def _field(index: Index, service: Ref, maker: Ref) -> str:
    for number, more in enumerate(mappings(at(index.objects[maker], "spec", "managed", "services", "additional"))):
        if text(at(more, "serviceTemplate", "metadata", "name")) == service.name:
            return f"spec.managed.services.additional[{number}].serviceTemplate.metadata.name"
    return "metadata.name"
