"""A live namespace through the kubernetes client: what is asked of the API server, and what it may lack."""

import json
from types import SimpleNamespace
from typing import Any

import pytest
from cloudnativepg_sets import shared

from contracts import verify
from contracts.fronts import live
from contracts.fronts.read import Unusable

client = pytest.importorskip("kubernetes.client")
config = pytest.importorskip("kubernetes.config")

PLURAL = {"Cluster": "clusters", "Pooler": "poolers", "Database": "databases", "DatabaseRole": "databaseroles"}


class Server:
    """Answers lists of the objects that it has, and `lacking` for a kind whose plural it does not know."""

    def __init__(self, objects: list[dict[str, Any]], lacking: int = 404) -> None:
        self._lists: dict[str, list[dict[str, Any]]] = {}
        for body in objects:
            kind = str(body["kind"])
            plural = PLURAL.get(kind, f"{kind.lower()}s".replace("policys", "policies"))
            self._lists.setdefault(plural, []).append(
                {k: v for k, v in body.items() if k not in {"kind", "apiVersion"}}
            )
        self._kinds = {plural: kind for kind, plural in PLURAL.items()}
        self._lacking = lacking

    def param_serialize(self, *, resource_path: str, **_: Any) -> tuple[str]:
        return (resource_path,)

    def call_api(self, path: str, **_: Any) -> Any:
        plural = path.rpartition("/")[2]
        custom = any(group in path for group in ("cnpg.io", "external-secrets", "bitnami", "infisical"))
        if custom and plural not in self._lists:
            return SimpleNamespace(status=self._lacking, reason="Not Found", data="", read=lambda: None)
        kind = {"services": "Service", "secrets": "Secret", "networkpolicies": "NetworkPolicy"}.get(plural)
        answer = {"kind": f"{kind or self._kinds.get(plural, 'Thing')}List", "items": self._lists.get(plural, [])}
        return SimpleNamespace(status=200, reason="OK", data=json.dumps(answer), read=lambda: None)


@pytest.fixture
def cluster(monkeypatch: pytest.MonkeyPatch) -> Any:
    def serve(server: Server) -> list[dict[str, Any]]:
        monkeypatch.setattr(config, "load_kube_config", lambda **_: None)
        monkeypatch.setattr(client, "ApiClient", lambda: server)
        return live.objects("databases", None)

    return serve


def owned() -> list[dict[str, Any]]:
    """What a namespace with a Cluster holds: the objects of the set, and a Service that the operator has made."""
    owner = [{"apiVersion": "postgresql.cnpg.io/v1", "kind": "Cluster", "name": "shared"}]
    service = {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": "shared-rw", "namespace": "databases", "ownerReferences": owner},
        "spec": {"selector": {"cnpg.io/cluster": "shared", "cnpg.io/instanceRole": "primary"}},
    }
    return [*(body for body in shared().values() if body["metadata"]["namespace"] == "databases"), service]


def test_a_live_cluster_is_read_with_the_objects_of_its_operator(cluster: Any) -> None:
    names = {(body["kind"], body["metadata"]["name"]) for body in cluster(Server(owned())) if "metadata" in body}
    assert {("Cluster", "shared"), ("Pooler", "docs-pooler"), ("DatabaseRole", "wiki")} <= names
    found = [violation.contract for violation in verify(cluster(Server(owned()))) if violation.contract == "W01"]
    assert found == [], "the Service of the operator selects pods of the Cluster"


@pytest.mark.parametrize("status", [403, 404])
def test_kinds_that_a_cluster_lacks_or_does_not_show_are_none(cluster: Any, status: int) -> None:
    plain = [body for body in owned() if body["apiVersion"] == "v1"]
    assert cluster(Server(plain, status)), "most clusters have no such operator, and `view` lists none of its kinds"


def test_another_answer_is_told(cluster: Any) -> None:
    with pytest.raises(Unusable, match="500"):
        cluster(Server([], 500))


def test_no_secret_is_kept(cluster: Any) -> None:
    assert "generated" not in json.dumps([body for body in cluster(Server(owned())) if body.get("kind") == "Secret"])
