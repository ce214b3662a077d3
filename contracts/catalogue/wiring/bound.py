"""W24, W27: a binding permits something to somebody, and who asks the API server is permitted something.

Source of what is refused: kubernetes, pkg/apis/rbac/validation; of what may be left out: pkg/apis/rbac/v1/defaults.go.
"""

from collections.abc import Iterator

from contracts.index import Index
from contracts.near import nearest
from contracts.objects import Plain, at, mapping, mappings, text
from contracts.once import once
from contracts.violation import Ref, Violation
from contracts.workload import Workload

_RBAC = "rbac.authorization.k8s.io"
_SUBJECTS = {"ServiceAccount": "", "User": _RBAC, "Group": _RBAC}
_ROLES = {"RoleBinding": ("Role", "ClusterRole"), "ClusterRoleBinding": ("ClusterRole",)}
_REFUSED = "the API server refuses the binding"


def words(index: Index) -> Iterator[Violation]:
    """W24. apiGroup may be left out: then it is the one that fits."""
    for kind in _ROLES:
        for ref in index.refs(kind):
            body = index.objects[ref]
            yield from _role(ref, mapping(body.get("roleRef")))
            subjects = mappings(body.get("subjects"))
            # What the control plane makes of itself may wait for subjects: `system:node` has none.
            if not subjects and not ref.name.startswith("system:"):
                because = "the API server takes it, and it permits nothing to anybody"
                yield _told(
                    ref, "subjects", "no subjects", "who may do it", because, "name a ServiceAccount or a Group"
                )
            for number, subject in enumerate(subjects):
                yield from _subject(ref, f"subjects[{number}]", subject)


def _role(ref: Ref, role: Plain) -> Iterator[Violation]:
    kind, allowed, name = text(role.get("kind")), _ROLES[ref.kind], text(role.get("name"))
    if kind not in allowed:
        expected = " or ".join(allowed)
        yield _told(ref, "roleRef.kind", kind or "no kind", expected, _REFUSED, f"write {expected}")
    if not name:
        yield _told(ref, "roleRef.name", "no name", "the name of a role", _REFUSED, "name the role")
    if (group := text(role.get("apiGroup"))) not in {"", _RBAC}:
        yield _told(ref, "roleRef.apiGroup", group, _RBAC, _REFUSED, f"write {_RBAC}")


def _subject(ref: Ref, where: str, subject: Plain) -> Iterator[Violation]:
    kind, name, group = (text(subject.get(field)) for field in ("kind", "name", "apiGroup"))
    if not name:
        yield _told(ref, f"{where}.name", "no name", "a name", _REFUSED, f"name the {kind or 'subject'}")
    if kind not in _SUBJECTS:
        expected = "ServiceAccount, User or Group"
        yield _told(ref, f"{where}.kind", kind or "no kind", expected, _REFUSED, f"write {expected}")
    elif group not in {"", _SUBJECTS[kind]}:
        right = _SUBJECTS[kind]
        expected = right or "none: a ServiceAccount is of the core group"
        fix = f"write {right}" if right else "take apiGroup out"
        yield _told(ref, f"{where}.apiGroup", group, expected, _REFUSED, fix)


def _told(ref: Ref, path: str, found: str, expected: str, because: str, fix: str) -> Violation:
    return Violation("W24", ref, path, found=found, expected=expected, because=because, fix=fix)


def permitted(index: Index) -> Iterator[Violation]:
    """W27. Broken for certain only where both sides are loose: a pod that says for itself that it wants a token, with
    an account that no binding permits anything, and a Role beside it that no binding binds."""
    for workload in index.workloads:
        account = Ref("ServiceAccount", workload.ref.namespace, text(workload.pod.get("serviceAccountName")))
        if workload.pod.get("automountServiceAccountToken") is not True or account not in index.objects:
            continue
        loose = _unbound(index, account.namespace)
        if loose and not _subjects(index) & set(_names_of(account)):
            yield _forbidden(workload, account, loose)


@once
def _unbound(index: Index, namespace: str) -> list[str]:
    """The Roles of a namespace that nothing binds."""
    bound = {
        text(at(index.objects[binding], "roleRef", "name"))
        for binding in index.refs("RoleBinding", namespace)
        if at(index.objects[binding], "roleRef", "kind") == "Role"
    }
    return [role.name for role in index.refs("Role", namespace) if role.name not in bound]


@once
def _subjects(index: Index) -> set[tuple[str, str, str]]:
    """(kind, namespace, name) of every subject of the set's bindings."""
    return {
        (kind, (text(subject.get("namespace")) or ref.namespace) if kind == "ServiceAccount" else "", name)
        for binding in _ROLES
        for ref in index.refs(binding)
        for subject in mappings(index.objects[ref].get("subjects"))
        for kind, name in [(text(subject.get("kind")), text(subject.get("name")))]
    }


def _names_of(account: Ref) -> Iterator[tuple[str, str, str]]:
    """What a binding may call an account (kubernetes.io, «Using RBAC Authorization»: referring to subjects)."""
    yield "ServiceAccount", account.namespace, account.name
    yield "User", "", f"system:serviceaccount:{account.namespace}:{account.name}"
    for group in ("system:authenticated", "system:serviceaccounts", f"system:serviceaccounts:{account.namespace}"):
        yield "Group", "", group


def _forbidden(workload: Workload, account: Ref, loose: list[str]) -> Violation:
    near = nearest(account.name, loose) or loose[0]
    return Violation(
        "W27",
        workload.ref,
        f"{workload.where}.automountServiceAccountToken",
        found=f"a token of ServiceAccount {account.name}, to which no binding permits anything",
        expected=f"a RoleBinding of Role {near}, which nothing binds, to ServiceAccount {account.name}",
        because="the first question to the API server is answered with `forbidden`",
        nearest=f"Role {near}",
        fix=f"bind {near} to {account.name}, or set automountServiceAccountToken: false if it asks nothing",
        cause=f"{account} is bound to nothing",
    )
