"""N12, N13: roles that a Cluster's objects name are there, and nothing is described twice."""

from collections import defaultdict
from collections.abc import Iterator

from contracts.clusters import (
    clusters,
    declared,
    is_present,
    more_may_be,
    named_databases,
    named_roles,
    of_cluster,
    roles,
)
from contracts.declared import DATABASES, ROLES
from contracts.index import Index
from contracts.near import nearest
from contracts.objects import at, items, mapping, mappings, text
from contracts.violation import Ref, Violation

Named = tuple[Ref, str, str, str]
"""(object, path, name, what becomes of it where the name is nobody's)."""

_WAITS = "CloudNativePG tries again every 30 s, for ever, and says so in `status.message` only"


def owners(index: Index) -> Iterator[Violation]:
    """N12: a role, or a database, that an object names is one of the same Cluster."""
    for cluster in clusters(index):
        body, (databases_unknown, roles_unknown) = index.objects[cluster], more_may_be(index, cluster)
        there = {
            "role": (frozenset(named_roles(index, cluster)) | declared(body, ROLES), roles_unknown),
            "database": (named_databases(index, cluster) | declared(body, DATABASES), databases_unknown),
        }
        wanted = [("role", one) for one in _roles_named(index, cluster)]
        wanted += [("database", one) for one in _databases_named(index, cluster)]
        for what, (user, path, name, because) in wanted:
            names, unknown = there[what]
            if name and name not in names and not name.startswith("pg_"):
                yield _nobody(cluster, what, (user, path, name, because), names, unknown=unknown)


def _nobody(cluster: Ref, what: str, named: Named, names: frozenset[str], *, unknown: bool) -> Violation:
    user, path, name, because = named
    near = nearest(name, names)
    make = "describe it in managed.roles of the Cluster, or in a DatabaseRole" if what == "role" else "add a Database"
    return Violation(
        "N12",
        user,
        path,
        found=f"the {what} {name}, which nothing in the set makes",
        expected=f"a {what} of {cluster}: {', '.join(sorted(names))}",
        because=because,
        nearest=near,
        fix=f"write {near}, or {make}" if near else make,
        cause=f"{cluster} has no {what} {name}",
        undecided=unknown,
    )


def _roles_named(index: Index, cluster: Ref) -> Iterator[Named]:
    for ref in of_cluster(index, "Database").get(cluster, ()):
        spec = mapping(index.objects[ref].get("spec"))
        if not is_present(spec):
            continue
        yield ref, "spec.owner", text(spec.get("owner")), f"the database is not made before its owner; {_WAITS}"
        for several in ("schemas", "fdws"):
            for number, entry in enumerate(mappings(spec.get(several))):
                yield ref, f"spec.{several}[{number}].owner", text(entry.get("owner")), _WAITS
    for role in roles(index, cluster):
        for number, name in enumerate(items(role.body.get("inRoles"))):
            path = f"{role.path}.inRoles[{number}]"
            yield role.object, path, text(name), f"the role {role.name} is not made: it can't be a member of nobody"
    for tablespace in mappings(at(index.objects[cluster], "spec", "tablespaces")):
        path = f"spec.tablespaces[{text(tablespace.get('name'))}].owner.name"
        yield cluster, path, text(at(tablespace, "owner", "name")), "the tablespace is never made"


def _databases_named(index: Index, cluster: Ref) -> Iterator[Named]:
    for kind in ("Publication", "Subscription"):
        for ref in of_cluster(index, kind).get(cluster, ()):
            name = text(at(index.objects[ref], "spec", "dbname"))
            yield ref, "spec.dbname", name, f"the {kind} is made in that database; {_WAITS}"


def once(index: Index) -> Iterator[Violation]:
    """N13: a database, and a role, of a Cluster is described by one object."""
    for cluster in clusters(index):
        described: dict[tuple[str, str], list[tuple[Ref, str]]] = defaultdict(list)
        for ref in of_cluster(index, "Database").get(cluster, ()):
            described["database", text(at(index.objects[ref], "spec", "name"))].append((ref, "spec.name"))
        for role in sorted(roles(index, cluster), key=lambda role: role.object != cluster):
            if role.body:
                path = f"{role.path}.name" if role.object != cluster else role.path
                described["role", role.name].append((role.object, path))
        for (what, name), places in described.items():
            yield from _again(cluster, what, name, places)


def _again(cluster: Ref, what: str, name: str, places: list[tuple[Ref, str]]) -> Iterator[Violation]:
    (first, where), *more = places
    why = (
        "the inline role wins, and the DatabaseRole is never applied" if first == cluster else "the first one keeps it"
    )
    for ref, path in more:
        yield Violation(
            "N13",
            ref,
            path,
            found=f"the {what} {name}, which {first} describes at {where} already",
            expected=f"one object for a {what} of {cluster}",
            because=f"{why}: CloudNativePG says so in `status.message` only",
            fix=f"take one of the two out, or name another {what}",
            cause=f"the {what} {name} of {cluster} is described {len(places)} times",
        )
