"""Which path of the API server belongs to a kind."""

import threading
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from devcluster.plugins.kubernetes.client import ApiError, Client

_NAMESPACED = {
    "v1": "ConfigMap Endpoints Event LimitRange PersistentVolumeClaim Pod PodTemplate ReplicationController "
    "ResourceQuota Secret Service ServiceAccount",
    "apps/v1": "ControllerRevision DaemonSet Deployment ReplicaSet StatefulSet",
    "autoscaling/v2": "HorizontalPodAutoscaler",
    "batch/v1": "CronJob Job",
    "coordination.k8s.io/v1": "Lease",
    "discovery.k8s.io/v1": "EndpointSlice",
    "networking.k8s.io/v1": "Ingress NetworkPolicy",
    "policy/v1": "PodDisruptionBudget",
    "rbac.authorization.k8s.io/v1": "Role RoleBinding",
}
_OF_THE_CLUSTER = {
    "v1": "Namespace Node PersistentVolume",
    "apiextensions.k8s.io/v1": "CustomResourceDefinition",
    "networking.k8s.io/v1": "IngressClass",
    "rbac.authorization.k8s.io/v1": "ClusterRole ClusterRoleBinding",
    "scheduling.k8s.io/v1": "PriorityClass",
    "storage.k8s.io/v1": "StorageClass",
}


@dataclass(frozen=True)
class Place:
    """A kind's resource: the part of the path before the namespace, its plural, and whether it has a namespace."""

    root: str
    plural: str
    namespaced: bool

    def path(self, namespace: str | None, name: str | None = None) -> str:
        """The path of one object, or of the list of all of them."""
        within = f"/namespaces/{quote(namespace)}" if self.namespaced and namespace else ""
        return f"{self.root}{within}/{self.plural}" + (f"/{quote(name)}" if name else "")


class UnknownKind(Exception):
    """The API server does not serve that kind: its CustomResourceDefinition may not be there (yet)."""


def _plural(kind: str) -> str:
    lower = kind.lower()
    if lower.endswith(("s", "x")):
        return lower if lower == "endpoints" else lower + "es"
    return lower[:-1] + "ies" if lower.endswith("y") else lower + "s"


def root(api_version: str) -> str:
    """The path under which an apiVersion is served: `/api/v1`, `/apis/apps/v1`."""
    return f"/apis/{api_version}" if "/" in api_version else f"/api/{api_version}"


def _built_in() -> dict[tuple[str, str], Place]:
    return {
        (version, kind): Place(root(version), _plural(kind), namespaced)
        for table, namespaced in ((_NAMESPACED, True), (_OF_THE_CLUSTER, False))
        for version, kinds in table.items()
        for kind in kinds.split()
    }


class Discovery:
    """What the API server serves. Stable kinds are known beforehand; others are asked for by group version."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._known = _built_in()
        self._asked: set[str] = set()
        self._lock = threading.Lock()

    def place(self, api_version: str, kind: str) -> Place:
        """Where objects of that kind are. Raises UnknownKind, and what a request raises."""
        api_version = api_version.removeprefix("core/")
        found = self._known.get((api_version, kind))
        if found is None:
            self._ask(api_version)
            found = self._known.get((api_version, kind))
        if found is None:
            raise UnknownKind(
                f"the API server does not serve {api_version} {kind}; is its CustomResourceDefinition installed?"
            )
        return found

    def forget(self) -> None:
        """Ask anew where nothing was found: a CustomResourceDefinition has come or gone."""
        with self._lock:
            self._asked.clear()

    def _ask(self, api_version: str) -> None:
        with self._lock:
            if api_version in self._asked:
                return
            try:
                listed: list[dict[str, Any]] = self._client.get(root(api_version)).get("resources") or []
            except ApiError as error:
                if error.code != 404:
                    raise
                listed = []
            for each in listed:
                if "/" not in each["name"]:
                    place = Place(root(api_version), each["name"], bool(each["namespaced"]))
                    self._known.setdefault((api_version, each["kind"]), place)
            self._asked.add(api_version)
