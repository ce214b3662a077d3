"""The Secrets and ConfigMaps that CloudNativePG makes, and those that its objects name, with the keys that it reads.

Sources: pkg/specs/secrets.go, internal/controller/{cluster_create,cluster_pki,databaserole_pki}.go, pkg/certs/certs.go,
docs/src/certificates.md, api/v1/cluster_types.go at v1.30.0; barman-cloud's api/v1 for the credentials of a store.
"""

from collections.abc import Iterator

from contracts.known.cloudnativepg import application, bootstrap, is_own
from contracts.known.named import Name, Named, keyed
from contracts.objects import Plain, at, mapping, mappings, text
from contracts.violation import Ref

Made = tuple[str, str, frozenset[str], bool]

APP = frozenset("username user password dbname host port pgpass uri jdbc-uri fqdn-uri fqdn-jdbc-uri".split())
_LOGIN = ("username", "password")
_TLS = ("tls.crt", "tls.key")
_PAIR = frozenset(_TLS)


def of_cluster(maker: Ref, body: Plain) -> Iterator[Made]:
    """The Secrets that a Cluster gets."""
    _, settings = bootstrap(body)
    # cloudnative-pg#6650: with a secret of one's own, no -app is made.
    if all(application(body)) and not text(at(settings, "secret", "name")):
        yield maker.namespace, f"{maker.name}-app", APP, True
    if at(body, "spec", "enableSuperuserAccess") and not text(at(body, "spec", "superuserSecret", "name")):
        yield maker.namespace, f"{maker.name}-superuser", APP, True
    certificates = mapping(at(body, "spec", "certificates"))
    if not (certificates.get("serverCASecret") and certificates.get("clientCASecret")):
        yield maker.namespace, f"{maker.name}-ca", frozenset({"ca.crt", "ca.key"}), True
    for field, suffix in (("serverTLSSecret", "server"), ("replicationTLSSecret", "replication")):
        if not certificates.get(field):
            yield maker.namespace, f"{maker.name}-{suffix}", _PAIR, True


def of_role(maker: Ref, body: Plain) -> Iterator[Made]:
    """The client certificate of a DatabaseRole that asks for one (1.30)."""
    asked = mapping(body.get("spec")).get("clientCertificate")
    if isinstance(asked, dict) and asked.get("enabled") is not False:
        yield maker.namespace, f"{maker.name}-client-cert", _PAIR, True


def of_pooler(maker: Ref, body: Plain) -> Iterator[Made]:
    """The client certificate by which a Pooler asks for passwords, unless it has one of its own."""
    own = any(at(body, "spec", "pgbouncer", field) for field in ("authQuerySecret", "serverTLSSecret"))
    if (cluster := text(at(body, "spec", "cluster", "name"))) and not own:
        yield maker.namespace, f"{cluster}-pooler", _PAIR, True


def maps_of_cluster(maker: Ref, body: Plain) -> Iterator[Made]:
    """The queries that the operator copies beside a Cluster, unless it is told not to."""
    if is_own(body) and at(body, "spec", "monitoring", "disableDefaultQueries") is not True:
        yield maker.namespace, "cnpg-default-monitoring", frozenset({"queries"}), True


def named_by_cluster(body: Plain) -> Iterator[Name]:
    """What a Cluster names."""
    spec = mapping(body.get("spec"))
    method, settings = bootstrap(body)
    because = {
        "initdb": "CloudNativePG makes the owner's role with it",
        "recovery": "CloudNativePG sets the owner's password by it",
        "pg_basebackup": "CloudNativePG sets the owner's password by it",
    }
    yield from _one(settings, f"spec.bootstrap.{method}", "secret", _LOGIN, because[method])
    yield from _one(spec, "spec", "superuserSecret", _LOGIN, "CloudNativePG sets the superuser's password by it")
    for role in mappings(at(spec, "managed", "roles")):
        where = f"spec.managed.roles[{text(role.get('name'))}]"
        yield from _one(role, where, "passwordSecret", _LOGIN, "CloudNativePG sets the role's password by it")
    yield from _certificates(mapping(spec.get("certificates")))
    for field in ("postInitSQLRefs", "postInitApplicationSQLRefs", "postInitTemplateSQLRefs"):
        for kind, several in (("Secret", "secretRefs"), ("ConfigMap", "configMapRefs")):
            for number, selector in enumerate(mappings(at(settings, field, several))):
                where = f"spec.bootstrap.{method}.{field}.{several}[{number}]"
                yield from keyed(selector, where, "its SQL is run when the Cluster is made", kind)
    for kind, field in (("Secret", "customQueriesSecret"), ("ConfigMap", "customQueriesConfigMap")):
        for number, selector in enumerate(mappings(at(spec, "monitoring", field))):
            yield from keyed(selector, f"spec.monitoring.{field}[{number}]", "its queries are measured", kind)
    for cluster in mappings(spec.get("externalClusters")):
        where = f"spec.externalClusters[{text(cluster.get('name'))}]"
        for field in ("password", "sslKey", "sslCert", "sslRootCert"):
            yield from keyed(cluster.get(field), f"{where}.{field}", "the other cluster is reached with it")
        yield from _store(mapping(cluster.get("barmanObjectStore")), f"{where}.barmanObjectStore")
    yield from _store(mapping(at(spec, "backup", "barmanObjectStore")), "spec.backup.barmanObjectStore")


def _certificates(certificates: Plain) -> Iterator[Name]:
    # Who signs needs the authority's key as well (docs/src/certificates.md).
    for authority, leaf in (("serverCASecret", "serverTLSSecret"), ("clientCASecret", "replicationTLSSecret")):
        keys = ("ca.crt",) if certificates.get(leaf) else ("ca.crt", "ca.key")
        for field, wanted in ((authority, keys), (leaf, _TLS)):
            if name := text(certificates.get(field)):
                yield Name(f"spec.certificates.{field}", name, wanted, "no instance starts without its certificates")


def _one(holder: Plain, where: str, field: str, keys: tuple[str, ...], what: str) -> Iterator[Name]:
    if name := text(at(holder, field, "name")):
        yield Name(f"{where}.{field}.name", name, keys, what)


def _store(store: Plain, where: str) -> Iterator[Name]:
    for field in ("s3Credentials", "azureCredentials", "googleCredentials"):
        for what, selector in mapping(store.get(field)).items():
            yield from keyed(selector, f"{where}.{field}.{what}", "no backup is written without it")
    yield from keyed(store.get("endpointCA"), f"{where}.endpointCA", "the store's certificate is held against it")


def _store_of_plugin(body: Plain) -> Iterator[Name]:
    yield from _store(mapping(at(body, "spec", "configuration")), "spec.configuration")


def _role(body: Plain) -> Iterator[Name]:
    role = mapping(body.get("spec"))
    yield from _one(role, "spec", "passwordSecret", _LOGIN, "CloudNativePG sets the role's password by it")


def _pooler(body: Plain) -> Iterator[Name]:
    pgbouncer = mapping(at(body, "spec", "pgbouncer"))
    what = "no client is let in without it"
    yield from _one(pgbouncer, "spec.pgbouncer", "authQuerySecret", (), what)
    for field in ("serverTLSSecret", "clientTLSSecret"):
        yield from _one(pgbouncer, "spec.pgbouncer", field, _TLS, what)
    for field in ("serverCASecret", "clientCASecret"):
        yield from _one(pgbouncer, "spec.pgbouncer", field, ("ca.crt",), what)


NAMED: dict[tuple[str, str], Named] = {
    ("postgresql.cnpg.io", "Cluster"): named_by_cluster,
    ("postgresql.cnpg.io", "DatabaseRole"): _role,
    ("postgresql.cnpg.io", "Pooler"): _pooler,
    ("barmancloud.cnpg.io", "ObjectStore"): _store_of_plugin,
}
"""(API group, kind) → the Secrets and ConfigMaps that an object names."""
