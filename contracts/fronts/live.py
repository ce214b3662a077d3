"""A live namespace, read through the kubernetes client; nothing is written, and Secrets' values are dropped at once."""

import json
from typing import Any

from contracts.fronts.read import Unusable

_KINDS = {
    "v1": ("pods", "services", "configmaps", "secrets", "persistentvolumeclaims", "serviceaccounts"),
    "apps/v1": ("deployments", "statefulsets", "daemonsets", "replicasets"),
    "batch/v1": ("jobs", "cronjobs"),
    "networking.k8s.io/v1": ("networkpolicies", "ingresses"),
    "policy/v1": ("poddisruptionbudgets",),
    "rbac.authorization.k8s.io/v1": ("roles", "rolebindings"),
}
_OPERATORS = {
    "postgresql.cnpg.io/v1": ("clusters", "poolers", "databases", "databaseroles", "scheduledbackups", "imagecatalogs"),
    "barmancloud.cnpg.io/v1": ("objectstores",),
    "external-secrets.io/v1": ("externalsecrets", "secretstores"),
    "bitnami.com/v1alpha1": ("sealedsecrets",),
    "secrets.infisical.com/v1alpha1": ("infisicalsecrets",),
    "secrets.infisical.com/v1beta1": ("infisicalstaticsecrets", "infisicalauths"),
}
"""Kinds that a cluster may lack, or have in another version, and that `view` may not list: then there are none."""


def objects(namespace: str, context: str | None) -> list[dict[str, Any]]:
    """Every object of `namespace` that contracts read. Raises Unusable when the cluster can't be asked."""
    try:
        from kubernetes import client, config  # noqa: PLC0415 (only this front needs it)
        from urllib3.exceptions import HTTPError  # noqa: PLC0415
    except ImportError as error:
        raise Unusable("reading a live namespace needs the package `kubernetes`: pip install kubernetes") from error
    try:
        config.load_kube_config(context=context)
        api = client.ApiClient()
        found = [
            item
            for version, kinds in (_KINDS | _OPERATORS).items()
            for kind in kinds
            for item in _listed(api, version, kind, namespace)
        ]
        found.append(_get(api, f"/api/v1/namespaces/{namespace}"))
    except config.ConfigException as error:
        raise Unusable(f"no usable kubeconfig: {error}") from error
    except (HTTPError, OSError) as error:
        raise Unusable(f"the API server can't be reached: {error}") from error
    return [_without_values(item) for item in found]


_NOTHING: dict[str, Any] = {"kind": "List", "items": []}


def _get(api: Any, path: str, *, may_lack: bool = False) -> Any:
    request = api.param_serialize(
        method="GET",
        resource_path=path,
        header_params={"Accept": "application/json"},
        auth_settings=["BearerToken"],
    )
    answer = api.call_api(*request, _request_timeout=10)
    answer.read()
    if answer.status in {403, 404} and may_lack:
        return _NOTHING
    if answer.status != 200:
        raise Unusable(f"GET {path}: the API server answered {answer.status} {answer.reason}")
    return json.loads(answer.data)


def _listed(api: Any, version: str, kind: str, namespace: str) -> list[dict[str, Any]]:
    root = f"/api/{version}" if version == "v1" else f"/apis/{version}"
    answer = _get(api, f"{root}/namespaces/{namespace}/{kind}", may_lack=version in _OPERATORS)
    singular = answer["kind"].removesuffix("List")
    return [{"apiVersion": version, "kind": singular, **item} for item in answer["items"]]


def _without_values(item: dict[str, Any]) -> dict[str, Any]:
    if item.get("kind") != "Secret":
        return item
    return {**item, "data": dict.fromkeys(item.get("data") or {}, ""), "stringData": {}}
