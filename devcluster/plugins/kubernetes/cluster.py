"""The cluster as the provider sees it: objects are read, applied and deleted."""

import threading
from collections.abc import Callable
from typing import Any

from devcluster.plugins.kubernetes.client import APPLY, ApiError, Client, Unreachable
from devcluster.plugins.kubernetes.conflict import Conflict, may_be_taken_over, sentence
from devcluster.plugins.kubernetes.discovery import Discovery, Place, UnknownKind
from devcluster.plugins.kubernetes.kubeconfig import NoCluster, access
from devcluster.plugins.kubernetes.objects import at, called, is_kind
from devcluster.plugins.kubernetes.settings import Settings


class Gone(Exception):
    """The object is not in the cluster any more."""


class Cluster:
    """One cluster. The kubeconfig is read, and the API server tried, at the first question."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._lock = threading.Lock()
        self._trouble: str | None = None
        self._tried = False

    def trouble(self) -> str | None:
        """Why the cluster can't be used, or None. It is tried once; all later calls give the same answer."""
        with self._lock:
            if not self._tried:
                self._tried = True
                try:
                    self.access = access(self._settings.kubeconfig, self._settings.context, self._settings.cluster)
                    self.client = Client(self.access)
                    self.discovery = Discovery(self.client)
                    self.client.get("/version")
                except (NoCluster, Unreachable, ApiError, OSError, ValueError) as error:
                    self._trouble = _why_not(error)
        return self._trouble

    @property
    def default_namespace(self) -> str:
        """The namespace of objects that name none."""
        return self._settings.namespace or self.access.namespace

    def place(self, thing: dict[str, Any]) -> Place:
        """Where objects of that kind are; see Discovery.place."""
        return self.discovery.place(str(thing.get("apiVersion", "")), str(thing.get("kind", "")))

    def path(self, thing: dict[str, Any], name: str | None = None, namespace: str | None = None) -> str:
        """The path of an object, its own name and namespace unless others are given."""
        where = namespace or at(thing, "metadata", "namespace") or self.default_namespace
        return self.place(thing).path(where, name or at(thing, "metadata", "name"))

    def get(self, thing: dict[str, Any], **where: Any) -> dict[str, Any]:
        """The live object. Raises Gone where there is none, or nothing serves its kind."""
        try:
            return self.client.get(self.path(thing, **where))
        except UnknownKind as error:
            raise Gone(str(error)) from error
        except ApiError as error:
            if error.code == 404:
                raise Gone(str(error)) from error
            raise

    def look(self, api_version: str, kind: str, namespace: str | None, **query: Any) -> list[dict[str, Any]]:
        """Objects of a kind, as readiness judges ask for them. What may not be read is as if it were not there."""
        name = query.pop("name", None)
        try:
            found = self.client.get(self.discovery.place(api_version, kind).path(namespace, name), **query)
        except (ApiError, UnknownKind, Unreachable):
            return []
        return [found] if name else found.get("items") or []

    def log(self, namespace: str, pod: str, container: str) -> str:
        """The last line that a container wrote, of its previous run where this one wrote nothing; "" without any."""
        path = f"/api/v1/namespaces/{namespace}/pods/{pod}/log"
        for previous in ("false", "true"):
            try:
                text = self.client.text(path, container=container, tailLines="10", previous=previous)
            except (ApiError, Unreachable):
                continue
            lines = [line for line in text.splitlines() if line.strip()]
            if lines:
                return lines[-1].strip()
        return ""

    def apply(
        self,
        thing: dict[str, Any],
        manager: str,
        *,
        dry_run: bool = False,
        force: bool = False,
        warn: Callable[[str], None] | None = None,
    ) -> dict[str, Any]:
        """Server-side apply `thing` as `manager`. Raises Conflict where others own its fields, else ApiError.

        Fields that only kubectl, or an older Pulumi, took over are taken back (fixCSAFieldManagers in await.go).
        """
        query = {"fieldManager": manager, "force": str(force).lower(), "fieldValidation": "Warn"}
        if dry_run:
            query["dryRun"] = "All"
        try:
            return self.client.request("PATCH", self.path(thing), body=thing, query=query, content=APPLY, warn=warn)
        except ApiError as error:
            if error.code != 409 or not any(each.get("reason") == "FieldManagerConflict" for each in error.causes):
                raise
            if not force and may_be_taken_over(error.causes):
                return self.apply(thing, manager, dry_run=dry_run, force=True, warn=warn)
            raise Conflict(sentence(called(thing), error.causes)) from error

    def replace(self, thing: dict[str, Any], manager: str, *, dry_run: bool) -> dict[str, Any]:
        """Put a CustomResourceDefinition in place of the live one, as the official provider updates those."""
        live = self.get(thing)
        meta = {**thing["metadata"], "resourceVersion": live["metadata"]["resourceVersion"]}
        query = {"fieldManager": manager, **({"dryRun": "All"} if dry_run else {})}
        return self.client.request("PUT", self.path(thing), body={**thing, "metadata": meta}, query=query)

    def delete(self, thing: dict[str, Any], policy: str) -> None:
        """Ask for an object's deletion. Raises Gone where it is not there."""
        options = {"apiVersion": "v1", "kind": "DeleteOptions", "propagationPolicy": policy}
        try:
            self.client.request("DELETE", self.path(thing), body=options)
        except UnknownKind as error:
            raise Gone(str(error)) from error
        except ApiError as error:
            if error.code == 404:
                raise Gone(str(error)) from error
            raise
        if is_kind(thing, "apiextensions.k8s.io/v1", "CustomResourceDefinition"):
            self.discovery.forget()

    def relinquish(self, thing: dict[str, Any], manager: str) -> None:
        """Give up every field that `manager` owns; the object stays."""
        meta = {name: thing["metadata"][name] for name in ("name", "namespace") if thing["metadata"].get(name)}
        self.apply({"apiVersion": thing["apiVersion"], "kind": thing["kind"], "metadata": meta}, manager)


def _why_not(error: Exception) -> str:
    if isinstance(error, ApiError):
        if error.code in (401, 403):
            return f"the Kubernetes API server does not accept the credentials of the kubeconfig: {error}"
        return f"the Kubernetes API server does not answer as it should: {error}"
    return str(error)
