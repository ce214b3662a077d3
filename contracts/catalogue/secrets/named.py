"""S07: Secrets that other objects than pods name: TLS of an Ingress or Gateway, what a database operator reads."""

from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from contracts.catalogue.absent import There, missing
from contracts.catalogue.secrets.exists import names_in_use
from contracts.index import Index
from contracts.known import builtin
from contracts.near import nearest
from contracts.objects import Plain, at, mapping, mappings, text
from contracts.sources import Source
from contracts.violation import Ref, Violation

_LOGIN = ("username", "password")
_TLS = ("tls.crt", "tls.key")


class Name(NamedTuple):
    """One reference: the field, the Secret, the keys that will be read there, and what for."""

    path: str
    name: str
    keys: tuple[str, ...]
    what: str
    namespace: str = ""


def secrets(index: Index) -> Iterator[Violation]:
    """S07. A Secret that a controller makes (cert-manager for an annotated Ingress, and others) counts as there."""
    named = [
        (user, name, Ref("Secret", name.namespace or user.namespace, name.name))
        for kind, rule in _RULES.items()
        for user in index.refs(kind)
        for name in rule(index.objects[user])
    ]
    if not named:
        return
    used = {target for _, _, target in named}

    @cache
    def there(namespace: str) -> There:
        own = {target.name for target in used if target.namespace == namespace}
        return There(index.sources.names("Secret", namespace), own | names_in_use(index)["Secret", namespace])

    for user, name, target in named:
        source = index.sources.of(target)
        if source is None:
            near, elsewhere = there(target.namespace), index.namespaces_with(target.kind, target.name)
            yield missing("S07", user, name.path, target, there=near, because=name.what, elsewhere=elsewhere)
        else:
            yield from _lacking(user, name, target, source)


def _lacking(user: Ref, name: Name, target: Ref, source: Source) -> Iterator[Violation]:
    for key in name.keys:
        if key not in source.keys:
            near = nearest(key, source.keys - set(name.keys))
            yield Violation(
                "S07",
                user,
                name.path,
                found=f"Secret {name.name} without the key {key}",
                expected=f"the keys {', '.join(name.keys)} in Secret {name.name}",
                because=f"{name.what}; its keys are: {', '.join(sorted(source.keys)) or 'none'}",
                nearest=near,
                fix=f"rename {near} to {key} in {source.maker}" if near else f"add {key} to {source.maker}",
                cause=f"{target} lacks {key}",
                undecided=not source.complete,
            )


def _ingress(body: Plain) -> Iterator[Name]:
    for number, entry in enumerate(mappings(at(body, "spec", "tls"))):
        if name := text(entry.get("secretName")):
            yield Name(f"spec.tls[{number}].secretName", name, _TLS, "without it the default certificate is served")
    annotations = mapping(at(body, "metadata", "annotations"))
    for kind in ("auth-secret", "auth-tls-secret"):
        field = f"nginx.ingress.kubernetes.io/{kind}"
        namespace, _, name = text(annotations.get(field)).rpartition("/")
        if name:
            yield Name(f"metadata.annotations[{field}]", name, (), "ingress-nginx answers 503 without it", namespace)


def _gateway(body: Plain) -> Iterator[Name]:
    for listener in mappings(at(body, "spec", "listeners")):
        for number, reference in enumerate(mappings(at(listener, "tls", "certificateRefs"))):
            name = text(reference.get("name"))
            if name and text(reference.get("kind") or "Secret") == "Secret":
                path = f"spec.listeners[{text(listener.get('name'))}].tls.certificateRefs[{number}].name"
                yield Name(path, name, _TLS, "the listener's certificate", text(reference.get("namespace")))


def _cloudnativepg(body: Plain) -> Iterator[Name]:
    if builtin.group(body) != "postgresql.cnpg.io":
        return  # Other operators have a kind of that name too.
    spec = mapping(body.get("spec"))
    for path, keys, what in (
        (("bootstrap", "initdb", "secret"), _LOGIN, "CloudNativePG makes the owner's role with it"),
        (("bootstrap", "recovery", "secret"), _LOGIN, "CloudNativePG sets the owner's password by it"),
        (("superuserSecret",), _LOGIN, "CloudNativePG sets the superuser's password by it"),
    ):
        if name := text(at(spec, *path, "name")):
            yield Name(".".join(("spec", *path, "name")), name, keys, what)
    for role in mappings(at(spec, "managed", "roles")):
        if name := text(at(role, "passwordSecret", "name")):
            where = f"spec.managed.roles[{text(role.get('name'))}].passwordSecret.name"
            yield Name(where, name, _LOGIN, "CloudNativePG sets the role's password by it")
    yield from _backup(spec)
    for cluster in mappings(spec.get("externalClusters")):
        if name := text(at(cluster, "password", "name")):
            where = f"spec.externalClusters[{text(cluster.get('name'))}].password.name"
            yield Name(where, name, (text(at(cluster, "password", "key")),), "the other cluster is reached with it")


def _backup(spec: Plain) -> Iterator[Name]:
    for field in ("s3Credentials", "azureCredentials", "googleCredentials"):
        credentials = mapping(at(spec, "backup", "barmanObjectStore", field))
        for what, selector in credentials.items():
            if name := text(at(selector, "name")):
                where = f"spec.backup.barmanObjectStore.{field}.{what}.name"
                yield Name(where, name, (text(at(selector, "key")),), "no backup is written without it")


def _monitor(body: Plain) -> Iterator[Name]:
    for field in ("endpoints", "podMetricsEndpoints"):
        for number, endpoint in enumerate(mappings(at(body, "spec", field))):
            for path in (("basicAuth", "username"), ("basicAuth", "password"), ("authorization", "credentials")):
                selector = mapping(at(endpoint, *path))
                if (name := text(selector.get("name"))) and selector.get("optional") is not True:
                    where = f"spec.{field}[{number}].{'.'.join(path)}.name"
                    yield Name(where, name, (text(selector.get("key")),), "Prometheus leaves the target out without it")


_RULES = {
    "Ingress": _ingress,
    "Gateway": _gateway,
    "Cluster": _cloudnativepg,
    "ServiceMonitor": _monitor,
    "PodMonitor": _monitor,
}
