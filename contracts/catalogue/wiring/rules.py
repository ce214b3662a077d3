"""W25, W26: the rules of a role permit something, on objects that are there."""

from collections.abc import Iterable, Iterator
from functools import cache
from typing import NamedTuple

from contracts.catalogue.absent import There, missing
from contracts.index import Index
from contracts.known import builtin
from contracts.known.rights import READING, RESOURCES, VERBS, groups_with, is_no_group
from contracts.near import nearest, one_letter_off, very_near
from contracts.objects import Plain, items, mapping, mappings, text
from contracts.violation import Ref, Violation

_REFUSED = "the API server refuses the role"
_NOTHING = "the API server takes it, and it permits nothing; who it was for is `forbidden` what it needs"
_KINDS = {"secrets": "Secret", "configmaps": "ConfigMap"}


class _Wrong(NamedTuple):
    """What is wrong at a path of a rule."""

    path: str
    found: str
    expected: str
    because: str
    near: str = ""


def permitting(index: Index) -> Iterator[Violation]:
    """W25. A resource of a group that is known whole, a verb, a group; of others only a slip can be told."""
    own = {builtin.group(body) for body in index.objects.values()} | set(RESOURCES)
    for kind in ("Role", "ClusterRole"):
        for ref in index.refs(kind):
            rules = mappings(index.objects[ref].get("rules"))
            wrong = [one for number, rule in enumerate(rules) for one in _of_rule(kind, f"rules[{number}]", rule, own)]
            if not rules and "aggregationRule" not in index.objects[ref] and _is_bound(index, ref):
                wrong.append(_Wrong("rules", "no rules", "what the role permits", _NOTHING))
            for one in wrong:
                fix = f"write {one.near}" if one.near else f"write {one.expected}"
                yield Violation("W25", ref, *one[:3], because=one.because, nearest=one.near, fix=fix)


def _is_bound(index: Index, role: Ref) -> bool:
    bindings = [*index.refs("RoleBinding", role.namespace or None), *index.refs("ClusterRoleBinding")]
    refs = (mapping(index.objects[binding].get("roleRef")) for binding in bindings)
    return any((text(ref.get("kind")), text(ref.get("name"))) == (role.kind, role.name) for ref in refs)


def _of_rule(kind: str, where: str, rule: Plain, own: Iterable[str]) -> Iterator[_Wrong]:
    """Source of what is refused: kubernetes, pkg/apis/rbac/validation, ValidatePolicyRule."""
    if not items(rule.get("verbs")):
        yield _Wrong(f"{where}.verbs", "no verbs", "at least one verb", _REFUSED)
    yield from _verbs(where, rule)
    if items(rule.get("nonResourceURLs")):
        if kind == "Role":
            place = f"{where}.nonResourceURLs"
            yield _Wrong(place, "URLs in a Role", "a ClusterRole: URLs are of no namespace", _REFUSED)
        if any(items(rule.get(field)) for field in ("apiGroups", "resources", "resourceNames")):
            yield _Wrong(where, "URLs and resources in one rule", "two rules", _REFUSED)
        return
    for field, word in (("apiGroups", "group, '' for the core"), ("resources", "resource")):
        if not items(rule.get(field)):
            yield _Wrong(f"{where}.{field}", f"no {field}", f"at least one {word}", _REFUSED)
    yield from _groups(where, rule, own)
    yield from _resources(where, rule)


def _verbs(where: str, rule: Plain) -> Iterator[_Wrong]:
    for number, verb in enumerate(map(text, items(rule.get("verbs")))):
        if verb not in VERBS and (near := one_letter_off(verb, VERBS)):
            yield _Wrong(f"{where}.verbs[{number}]", f"verb {verb}", "a verb", _NOTHING, near)


def _groups(where: str, rule: Plain, own: Iterable[str]) -> Iterator[_Wrong]:
    for number, group in enumerate(map(text, items(rule.get("apiGroups")))):
        place, found = f"{where}.apiGroups[{number}]", f"API group {group}"
        if is_no_group(group):
            stem = group.rpartition("/")[0]
            near = "''" if group in {"core", "v1"} else stem or nearest(group, own)
            yield _Wrong(place, found, "a group without its version, '' for the core", _NOTHING, near)
        elif group not in own and (near := one_letter_off(group, own)):
            yield _Wrong(place, found, "a group that an API has", _NOTHING, near)


def _resources(where: str, rule: Plain) -> Iterator[_Wrong]:
    """Judged where all groups of the rule are known whole; a resource of some version to come is let be."""
    groups = [text(group) for group in items(rule.get("apiGroups"))]
    if not groups or any(group not in RESOURCES for group in groups):
        return
    there = set().union(*(RESOURCES[group] for group in groups))
    for number, named in enumerate(map(text, items(rule.get("resources")))):
        resource = named.partition("/")[0]
        if resource == "*" or resource in there:
            continue
        place = f"{where}.resources[{number}]"
        told = ", ".join(group or "''" for group in groups)
        if right := groups_with(resource):
            expected = f"apiGroups: ['{right[0]}'] for it"
            yield _Wrong(place, f"{resource}, of which {told} has none", expected, _NOTHING)
        elif near := one_letter_off(resource.lower(), there) or very_near(resource.lower(), there):
            yield _Wrong(place, f"resource {named}", "a resource, in the plural and small letters", _NOTHING, near)


def names(index: Index) -> Iterator[Violation]:
    """W26. Judged where a Role only reads Secrets or ConfigMaps: what may write one may have made it."""

    @cache
    def there(kind: str, namespace: str) -> There:
        return There(index.sources.names(kind, namespace), index.secret_names.get(namespace, ()))

    for ref in index.refs("Role"):
        for number, rule in enumerate(mappings(index.objects[ref].get("rules"))):
            kinds = [_KINDS.get(text(resource), "") for resource in items(rule.get("resources"))]
            verbs = {text(verb) for verb in items(rule.get("verbs"))}
            if not kinds or "" in kinds or not verbs <= READING:
                continue
            for place, name in enumerate(map(text, items(rule.get("resourceNames")))):
                targets = [Ref(kind, ref.namespace, name) for kind in kinds]
                if not any(index.sources.of(target) or builtin.exists(target) for target in targets):
                    path = f"rules[{number}].resourceNames[{place}]"
                    near = there(targets[0].kind, ref.namespace)
                    because = "a rule permits what it names and nothing else; who it is for is `forbidden` the rest"
                    yield missing("W26", ref, path, targets[0], there=near, because=because)
