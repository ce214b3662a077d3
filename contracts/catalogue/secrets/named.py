"""S07: Secrets and ConfigMaps that other objects than pods name: TLS of an Ingress, what operators read."""

from collections.abc import Iterator
from functools import cache

from contracts.catalogue.absent import There, missing
from contracts.catalogue.secrets.exists import names_in_use
from contracts.index import Index
from contracts.known import builtin
from contracts.known.cloudnativepg.secrets import NAMED as CLOUDNATIVEPG
from contracts.known.named import NAMED as OTHERS
from contracts.known.named import Name
from contracts.near import nearest
from contracts.objects import Plain, at, mapping, mappings, text
from contracts.sources import Source
from contracts.violation import Ref, Violation

_TLS = ("tls.crt", "tls.key")


def secrets(index: Index) -> Iterator[Violation]:
    """S07. A Secret that a controller makes (cert-manager for an annotated Ingress, and others) counts as there."""
    named = [(user, name, Ref(name.kind, name.namespace or user.namespace, name.name)) for user, name in _named(index)]
    if not named:
        return
    used = {target for _, _, target in named}

    @cache
    def there(kind: str, namespace: str) -> There:
        own = {target.name for target in used if (target.kind, target.namespace) == (kind, namespace)}
        names = index.sources.names(kind, namespace)
        # A Cluster uses those that are made of it, so none of them is left over.
        own |= {name for name in names if index.sources.is_made_of(Ref(kind, namespace, name), "Cluster")}
        return There(names, own | names_in_use(index)[kind, namespace])

    for user, name, target in named:
        source = index.sources.of(target)
        if source is not None:
            yield from _lacking(user, name, target, source)
        elif target.namespace == user.namespace or target.namespace in index.namespaces:
            # What an operator is given by hand, in a namespace of its own, is in hardly any set.
            near = there(target.kind, target.namespace)
            elsewhere = index.sources.namespaces_with(target.kind, target.name)
            yield missing("S07", user, name.path, target, there=near, because=name.what, elsewhere=elsewhere)


def _named(index: Index) -> Iterator[tuple[Ref, Name]]:
    """Every reference, with the object that has it."""
    for kind, rule in _RULES.items():
        for user in index.refs(kind):
            yield from ((user, name) for name in rule(index.objects[user]))
    for (group, kind), rule in [*CLOUDNATIVEPG.items(), *OTHERS.items()]:
        for user in index.refs(kind):
            if builtin.group(index.objects[user]) == group:
                yield from ((user, name) for name in rule(index.objects[user]))


def _lacking(user: Ref, name: Name, target: Ref, source: Source) -> Iterator[Violation]:
    for key in name.keys:
        if key not in source.keys:
            near = nearest(key, source.keys - set(name.keys))
            yield Violation(
                "S07",
                user,
                name.path,
                found=f"{name.kind} {name.name} without the key {key}",
                expected=f"the keys {', '.join(name.keys)} in {name.kind} {name.name}",
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


_IN_ENDPOINT = {
    **dict.fromkeys(
        (
            *(("basicAuth", field) for field in ("username", "password")),
            ("authorization", "credentials"),
            ("tlsConfig", "keySecret"),
            *(("tlsConfig", file, "secret") for file in ("ca", "cert")),
        ),
        "Secret",
    ),
    **{("tlsConfig", file, "configMap"): "ConfigMap" for file in ("ca", "cert")},
}
"""Where an endpoint of a monitor names a key, and of what (prometheus-operator, «API reference», SafeTLSConfig)."""


def _monitor(body: Plain) -> Iterator[Name]:
    for field in ("endpoints", "podMetricsEndpoints"):
        for number, endpoint in enumerate(mappings(at(body, "spec", field))):
            for path, kind in _IN_ENDPOINT.items():
                selector = mapping(at(endpoint, *path))
                if (name := text(selector.get("name"))) and selector.get("optional") is not True:
                    where = f"spec.{field}[{number}].{'.'.join(path)}.name"
                    told = "Prometheus leaves the target out without it"
                    yield Name(where, name, (text(selector.get("key")),), told, kind=kind)


_RULES = {
    "Ingress": _ingress,
    "Gateway": _gateway,
    "ServiceMonitor": _monitor,
    "PodMonitor": _monitor,
}
