"""Roles, their rules and their bindings: W24 to W27."""

from typing import Any

import pytest
from contract_examples import found, pod, system

RBAC = "rbac.authorization.k8s.io"
READER: dict[str, Any] = {
    "apiGroups": [""],
    "resources": ["secrets"],
    "resourceNames": ["shop-secrets"],
    "verbs": ["get"],
}


def role(*rules: dict[str, Any], kind: str = "Role", name: str = "shop") -> dict[str, Any]:
    metadata = {"name": name, **({"namespace": "shop"} if kind == "Role" else {})}
    return {"apiVersion": f"{RBAC}/v1", "kind": kind, "metadata": metadata, "rules": list(rules)}


def binding(ref: dict[str, Any] | None = None, *subjects: dict[str, Any], kind: str = "RoleBinding") -> dict[str, Any]:
    bound = {"kind": "Role", "name": "shop", "apiGroup": RBAC} if ref is None else ref
    metadata = {"name": "shop", "namespace": "shop"}
    return {"kind": kind, "metadata": metadata, "roleRef": bound, "subjects": list(subjects)}


ACCOUNT = {"kind": "ServiceAccount", "name": "shop"}
PEOPLE = {"kind": "Group", "name": "developers", "apiGroup": RBAC}


@pytest.mark.parametrize(
    ("body", "paths"),
    [
        (binding(None, ACCOUNT, PEOPLE, {"kind": "User", "name": "ada"}), []),
        (binding({"kind": "ClusterRole", "name": "view"}, ACCOUNT), []),
        (binding({"kind": "Role", "name": "shop"}, ACCOUNT, kind="ClusterRoleBinding"), ["roleRef.kind"]),
        (binding({"name": "shop"}, ACCOUNT), ["roleRef.kind"]),
        (binding({"kind": "Role"}, ACCOUNT), ["roleRef.name"]),
        (binding({"kind": "Role", "name": "shop", "apiGroup": "rbac"}, ACCOUNT), ["roleRef.apiGroup"]),
        (binding(None), ["subjects"]),
        (binding(None, {**ACCOUNT, "apiGroup": RBAC}), ["subjects[0].apiGroup"]),
        (binding(None, ACCOUNT, {**PEOPLE, "apiGroup": "v1"}), ["subjects[1].apiGroup"]),
        (binding(None, {"name": "shop"}), ["subjects[0].kind"]),
        (binding(None, {"kind": "Group"}), ["subjects[0].name"]),
    ],
)
def test_a_binding_binds_a_role_to_somebody_in_the_words_of_the_api(body, paths) -> None:
    assert [violation.path for violation in found("W24", body)] == paths, "refused, or taken and of no use"


def test_a_binding_of_the_control_plane_may_wait_for_subjects() -> None:
    node = binding({"kind": "ClusterRole", "name": "system:node"}, kind="ClusterRoleBinding")
    node["metadata"] = {"name": "system:node"}
    assert found("W24", node) == [], "it has none in every cluster"


@pytest.mark.parametrize(
    ("rule", "path", "near"),
    [
        (READER, None, None),
        ({"apiGroups": ["*"], "resources": ["*"], "verbs": ["*"]}, None, None),
        ({"apiGroups": ["", "apps"], "resources": ["pods/log", "deployments"], "verbs": ["list"]}, None, None),
        ({"apiGroups": ["shop.example.org"], "resources": ["orders"], "verbs": ["ship"]}, None, None),
        ({"apiGroups": ["custom.metrics.k8s.io"], "resources": ["anything"], "verbs": ["get"]}, None, None),
        ({"apiGroups": [""], "resources": ["of-a-version-to-come"], "verbs": ["get"]}, None, None),
        ({**READER, "verbs": []}, "rules[0].verbs", ""),
        ({**READER, "verbs": ["gett"]}, "rules[0].verbs[0]", "get"),
        ({**READER, "apiGroups": []}, "rules[0].apiGroups", ""),
        ({**READER, "apiGroups": ["core"]}, "rules[0].apiGroups[0]", "''"),
        ({"apiGroups": ["apps/v1"], "resources": ["deployments"], "verbs": ["get"]}, "rules[0].apiGroups[0]", "apps"),
        ({**READER, "resources": []}, "rules[0].resources", ""),
        ({**READER, "resources": ["Secret"]}, "rules[0].resources[0]", "secrets"),
        ({"apiGroups": [""], "resources": ["deployments"], "verbs": ["get"]}, "rules[0].resources[0]", ""),
        (
            {"apiGroups": ["snapshot.storage.k8s.io"], "resources": ["volumesnapshot"], "verbs": ["get"]},
            "rules[0].resources[0]",
            "volumesnapshots",
        ),
        (
            {"apiGroups": ["networkin.k8s.io"], "resources": ["ingresses"], "verbs": ["get"]},
            "rules[0].apiGroups[0]",
            "networking.k8s.io",
        ),
        ({"nonResourceURLs": ["/metrics"], "verbs": ["get"]}, "rules[0].nonResourceURLs", ""),
    ],
)
def test_a_rule_permits_something(rule, path, near) -> None:
    told = [(violation.path, violation.nearest) for violation in found("W25", role(rule))]
    assert told == ([] if path is None else [(path, near)]), "the API server takes most of it, and it permits nothing"


def test_urls_are_for_roles_of_the_cluster() -> None:
    urls = {"nonResourceURLs": ["/metrics"], "verbs": ["get"]}
    assert found("W25", role(urls, kind="ClusterRole")) == []
    both = role({**urls, "resources": ["nodes"]}, kind="ClusterRole")
    assert [violation.path for violation in found("W25", both)] == ["rules[0]"], "one rule is about one of them"


def test_a_role_without_rules_is_told_of_where_it_is_bound() -> None:
    assert found("W25", role()) == [], "it may be there to be filled"
    assert [violation.path for violation in found("W25", role(), binding(None, ACCOUNT))] == ["rules"]
    summed = {**role(kind="ClusterRole"), "aggregationRule": {"clusterRoleSelectors": []}}
    bound = binding({"kind": "ClusterRole", "name": "shop"}, ACCOUNT)
    assert found("W25", summed, bound) == [], "its rules are those of others"


@pytest.mark.parametrize(
    ("names", "verbs", "near"),
    [
        (["shop-secrets", "registry"], ["get"], []),
        (["shop-secret"], ["get"], ["Secret shop-secrets"]),
        (["leader"], ["get", "update"], []),
        ([], ["list"], []),
    ],
    ids=["there", "a slip", "who writes it may have made it", "all of them"],
)
def test_a_secret_that_a_role_lets_people_read_is_there(names, verbs, near) -> None:
    body = role({**READER, "resourceNames": names, "verbs": verbs})
    assert [violation.nearest for violation in found("W26", system(), body)] == near


def test_a_pod_that_asks_for_a_token_has_its_role_bound() -> None:
    objects = system()
    pod(objects["Deployment shop"])["automountServiceAccountToken"] = True
    bound = binding(None, ACCOUNT)
    assert found("W27", objects, role(READER), bound) == []
    assert found("W27", objects) == [], "whoever gives its account a role may be elsewhere"
    everybody = binding({"kind": "ClusterRole", "name": "view"}, {"kind": "Group", "name": "system:serviceaccounts"})
    assert found("W27", objects, role(READER), everybody) == []
    (violation,) = found("W27", objects, role(READER))
    assert violation.nearest == "Role shop", "both sides are loose: the binding between them is gone"
