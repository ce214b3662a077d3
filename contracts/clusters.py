"""What is in a CloudNativePG Cluster: databases and roles, by its bootstrap, its managed roles, and the objects that
name it. Sources: api/v1/{cluster,database,databaserole}_types.go at v1.30.0; docs/src/declarative_role_management.md.
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from contracts.declared import DATABASES, ROLES
from contracts.index import Index
from contracts.known.cloudnativepg import application, bootstrap, is_own, is_replica
from contracts.objects import Plain, at, items, mapping, mappings, text
from contracts.once import once
from contracts.violation import Ref

SUPERUSER = "postgres"
PREDEFINED = frozenset({SUPERUSER, "streaming_replica"})
"""Roles of every Cluster (the operator's pkg/postgres/roles.go); those that begin with pg_ are PostgreSQL's own."""
POOLERS = "cnpg_pooler_pgbouncer"

_MAKES = re.compile(r"\bcreate\s+(?:role|user|group|database)\b|\bdo\s+(?:language\b|\$)", re.IGNORECASE)
_SCRIPTS = ("postInitSQL", "postInitApplicationSQL", "postInitTemplateSQL")


@dataclass(frozen=True)
class Role:
    """A role that `object` describes at `path`. `secret` has its password; "" where nothing says one."""

    name: str
    object: Ref
    path: str
    body: Plain
    login: bool
    secret: str


@once
def clusters(index: Index) -> list[Ref]:
    """The Clusters of CloudNativePG."""
    return [ref for ref in index.refs("Cluster") if is_own(index.objects[ref])]


def cluster_of(index: Index, user: Ref) -> Ref:
    """The Cluster that a Database, a DatabaseRole, a Pooler or a backup names: one of its own namespace."""
    return Ref("Cluster", user.namespace, text(at(index.objects[user], "spec", "cluster", "name")))


@once
def of_cluster(index: Index, kind: str) -> dict[Ref, list[Ref]]:
    """Cluster → the operator's objects of `kind` that name it."""
    found: dict[Ref, list[Ref]] = defaultdict(list)
    for ref in index.refs(kind):
        if is_own(index.objects[ref]):
            found[cluster_of(index, ref)].append(ref)
    return found


def is_present(body: Plain) -> bool:
    """Whether a database or a role is to be there: `ensure: absent` takes it away."""
    return text(body.get("ensure")) != "absent"


@once
def roles(index: Index, cluster: Ref) -> list[Role]:
    """The roles that are described, of one name the one that counts last: what is inline wins over a DatabaseRole."""
    return list(_roles(index, cluster))


def _roles(index: Index, cluster: Ref) -> Iterator[Role]:
    body = index.objects[cluster]
    method, settings = bootstrap(body)
    if owner := application(body)[1]:
        secret = text(at(settings, "secret", "name")) or f"{cluster.name}-app"
        yield Role(owner, cluster, f"spec.bootstrap.{method}.owner", {}, True, secret)
    for ref in of_cluster(index, "DatabaseRole").get(cluster, ()):
        role = mapping(index.objects[ref].get("spec"))
        yield _described(text(role.get("name")), ref, "spec", role)
    for role in mappings(at(body, "spec", "managed", "roles")):
        name = text(role.get("name"))
        yield _described(name, cluster, f"spec.managed.roles[{name}]", role)


def _described(name: str, ref: Ref, path: str, role: Plain) -> Role:
    secret = "" if role.get("disablePassword") is True else text(at(role, "passwordSecret", "name"))
    return Role(name, ref, path, role, role.get("login") is True, secret)


@once
def named_roles(index: Index, cluster: Ref) -> dict[str, bool]:
    """Role → whether it may log in, of all that are to be there."""
    found = dict.fromkeys(PREDEFINED, True)
    # Without it the operator takes the superuser's password away («PostgreSQL Role management»).
    found[SUPERUSER] = at(index.objects[cluster], "spec", "enableSuperuserAccess") is True
    if cluster in of_cluster(index, "Pooler"):
        found[POOLERS] = True
    for role in roles(index, cluster):
        found[role.name] = role.login
        if not is_present(role.body):
            del found[role.name]
    return found


@once
def named_databases(index: Index, cluster: Ref) -> frozenset[str]:
    """The databases that are described, and those of every server that one may connect to."""
    specs = [mapping(index.objects[ref].get("spec")) for ref in of_cluster(index, "Database").get(cluster, ())]
    names = {text(spec.get("name")) for spec in specs if is_present(spec)}
    return frozenset({"postgres", "template1", *names, application(index.objects[cluster])[0]} - {""})


@once
def more_may_be(index: Index, cluster: Ref) -> tuple[bool, bool]:
    """Whether databases, and whether roles may be there that nothing describes: restored, imported, made by SQL or by
    whoever reads the superuser's Secret. A Cluster that declares them (contracts.postgres-apps/…) has no others."""
    body = index.objects[cluster]
    declared = _declared(body)
    method, settings = bootstrap(body)
    vague = method != "initdb" or is_replica(body) or _makes_more(settings) or _superuser_is_read(index, cluster)
    may = [mapping(role.body) for role in roles(index, cluster)]
    databases = vague or any(role.get("superuser") is True or role.get("createdb") is True for role in may)
    others = vague or any(role.get("superuser") is True or role.get("createrole") is True for role in may)
    return databases and DATABASES not in declared, others and ROLES not in declared


def declared(body: Plain, annotation: str) -> frozenset[str]:
    """The words of an annotation of a Cluster, or of those that its pods inherit."""
    return frozenset(text(_declared(body).get(annotation)).replace(",", " ").split())


def _declared(body: Plain) -> Plain:
    inherited = mapping(at(body, "spec", "inheritedMetadata", "annotations"))
    return {**mapping(at(body, "metadata", "annotations")), **inherited}


def _makes_more(settings: Plain) -> bool:
    if at(settings, "import", "type") == "monolith" or any(f"{field}Refs" in settings for field in _SCRIPTS):
        return True
    return any(_MAKES.search(text(line)) for field in _SCRIPTS for line in items(settings.get(field)))


def superuser_secret(body: Plain, cluster: Ref) -> str:
    """The Secret with the superuser's password, which the operator makes where none is given."""
    return text(at(body, "spec", "superuserSecret", "name")) or f"{cluster.name}-superuser"


def _superuser_is_read(index: Index, cluster: Ref) -> bool:
    body = index.objects[cluster]
    if at(body, "spec", "enableSuperuserAccess") is not True:
        return False
    return superuser_secret(body, cluster) in index.secret_names.get(cluster.namespace, ())
