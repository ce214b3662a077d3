"""W14: a RoleBinding or ClusterRoleBinding binds a role that is there to ServiceAccounts that are there."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from functools import cache

from contracts.catalogue.absent import There, missing
from contracts.index import Index
from contracts.known import builtin
from contracts.objects import mapping, mappings, text
from contracts.violation import Ref, Violation


def bindings(index: Index) -> Iterator[Violation]:
    """W14. The API server takes a binding to nothing; who it was for is then `forbidden`, much later."""
    used: dict[tuple[str, str], set[str]] = defaultdict(set)
    lost: list[tuple[Ref, str, Ref, str]] = []
    for kind in ("RoleBinding", "ClusterRoleBinding"):
        for ref in index.refs(kind):
            for path, target, because in _names(index, ref):
                if target in index.objects or builtin.exists(target):
                    used[target.kind, target.namespace].add(target.name)
                elif target.kind == "ServiceAccount" and not target.namespace:
                    yield _no_namespace(ref, path, target.name)
                else:
                    lost.append((ref, path, target, because))

    @cache
    def there(kind: str, namespace: str) -> There:
        return There(index.names(kind, namespace), used[kind, namespace])

    for ref, path, target, because in lost:
        others = index.namespaces_with(target.kind, target.name) if target.namespace else ()
        near = there(target.kind, target.namespace)
        violation = missing("W14", ref, path, target, there=near, because=because)
        yield _elsewhere(violation, target.namespace, others[0]) if others else violation


def _elsewhere(violation: Violation, wanted: str, found: str) -> Violation:
    """One story for all bindings of a set that was made for one namespace and is judged in another."""
    told = f"{violation.because}; namespace {found} has one"
    fix = f"if this set is meant for namespace {wanted}, apply and judge it there (--namespace {wanted})"
    return replace(
        violation,
        because=told,
        fix=f"{fix}; if not, write {found}",
        cause=f"{wanted} is bound, {found} has the accounts",
    )


def _names(index: Index, ref: Ref) -> Iterator[tuple[str, Ref, str]]:
    body = index.objects[ref]
    role = mapping(body.get("roleRef"))
    kind, name = text(role.get("kind")), text(role.get("name"))
    if name and kind in {"Role", "ClusterRole"}:
        namespace = ref.namespace if kind == "Role" else ""
        yield "roleRef.name", Ref(kind, namespace, name), "a binding to a role that is not there permits nothing"
    for number, subject in enumerate(mappings(body.get("subjects"))):
        if text(subject.get("kind")) == "ServiceAccount" and text(subject.get("name")):
            # In a RoleBinding it may be left out and is the binding's own (pkg/apis/rbac/validation, isNamespaced).
            namespace = text(subject.get("namespace")) or ref.namespace
            because = "it permits nothing to anybody; who it was for is forbidden what it needs"
            yield f"subjects[{number}].name", Ref("ServiceAccount", namespace, text(subject["name"])), because


def _no_namespace(ref: Ref, path: str, name: str) -> Violation:
    return Violation(
        "W14",
        ref,
        path.replace(".name", ".namespace"),
        found=f"ServiceAccount {name} without a namespace",
        expected="the namespace that the ServiceAccount is in",
        because="the API server refuses a ClusterRoleBinding without it",
        fix=f"write the namespace that ServiceAccount {name} is in",
        cause=f"ServiceAccount {name} is bound without its namespace",
    )
