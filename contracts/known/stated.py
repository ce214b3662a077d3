"""What templates of Secrets say plainly: a user's name in an ExternalSecret is known before the Secret is made.

Sources: external-secrets.io/v1 reference («template»); sealed-secrets README («template»); Infisical
kubernetes-operator api/v1alpha1/infisicalsecret_types.go, api/v1beta1/infisicalstaticsecret_types.go.
"""

from collections.abc import Iterator

from contracts.objects import Plain, at, mapping, mappings, text
from contracts.violation import Ref

_KINDS = {
    ("external-secrets.io", "ExternalSecret"),
    ("bitnami.com", "SealedSecret"),
    ("secrets.infisical.com", "InfisicalSecret"),
    ("secrets.infisical.com", "InfisicalStaticSecret"),
}


def stated(maker: Ref, body: Plain) -> Iterator[tuple[Ref, dict[str, str]]]:
    """Every Secret that is made of `maker`, with the keys whose template has nothing to be filled in."""
    if (text(body.get("apiVersion")).partition("/")[0], maker.kind) not in _KINDS:
        return
    for namespace, name, template in _templates(maker, body):
        plain = {text(key): value for key, value in template.items() if isinstance(value, str) and "{{" not in value}
        if plain:
            yield Ref("Secret", namespace or maker.namespace, name or maker.name), plain


def _templates(maker: Ref, body: Plain) -> Iterator[tuple[str, str, Plain]]:
    spec = mapping(body.get("spec"))
    match maker.kind:
        case "ExternalSecret":
            target = mapping(spec.get("target"))
            yield "", text(target.get("name")), mapping(at(target, "template", "data"))
        case "SealedSecret":
            template = mapping(spec.get("template"))
            yield "", text(at(template, "metadata", "name")), mapping(template.get("data"))
        case "InfisicalSecret":
            single = mapping(spec.get("managedSecretReference"))
            for managed in (*mappings(spec.get("managedKubeSecretReferences")), single):
                template = mapping(at(managed, "template", "data"))
                yield text(managed.get("secretNamespace")), text(managed.get("secretName")), template
        case _:
            for target in mappings(spec.get("targets")):
                if target.get("kind") == "Secret":
                    template = mapping(at(target, "template", "data"))
                    yield text(target.get("namespace")), text(target.get("name")), template
