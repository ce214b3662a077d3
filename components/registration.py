"""A Plan becomes Pulumi resources: exactly the manifests that were judged, in their order, with their protection."""

import importlib
import re

import pulumi
import pulumi_kubernetes as kubernetes

from components import hooks, identity
from components.compose import Part, Plan
from components.manifest import Manifest, Reference
from components.reading import Reading
from components.settings.system import System
from components.values import Values

WITH_PODS = frozenset({"Deployment", "StatefulSet", "Cluster", "Pooler"})
"""Kinds that are deleted before their namespace, in their order and until their pods are gone. A namespace ends all
pods at once, etcd beside its clients, and looks for those that were left only after half of the longest time that one
of them has to end: kubernetes, pkg/controller/namespace/namespace_controller.go."""


def class_of(api_version: str, kind: str) -> type[pulumi.CustomResource] | None:
    """The typed class of pulumi_kubernetes for a kind of Kubernetes itself; None for a kind that a CRD defines."""
    group, _, version = api_version.rpartition("/")
    if "." in group and not group.endswith(".k8s.io"):
        return None
    module = (group.removesuffix(".k8s.io").split(".")[0] or "core").replace("-", "")
    return getattr(importlib.import_module(f"pulumi_kubernetes.{module}.{version}"), kind)


def _snake(key: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", key).lower()


class Registration:
    """One run of the program: what was registered so far, by reference."""

    def __init__(self, system: System) -> None:
        self._keep = system.keep
        self._context = system.cluster.context
        self._kubernetes = self._provider("cluster")
        self._adopting: kubernetes.Provider | None = None
        self._resources: dict[Reference, pulumi.Resource] = {}
        # Namespace and identity record: all else waits for them, so a refused change stops before anything is touched.
        self._first: list[pulumi.Resource] = []
        self._namespace_goes = False
        self._values = Values(self._of_no_object, Reading(self._kubernetes, self._resources))

    def register(self, plan: Plan) -> None:
        """Register every part of `plan`; each object after what it names, which must come before it in the plan."""
        self._namespace_goes = not self._keep and not plan.manifests[0].adopted
        for part in plan.parts:
            component = _Component(part)
            for manifest in part.manifests:
                self._object(manifest, component, hooks.of(part, manifest, self._context))
            # No outputs: they would be in the state before the objects that they speak of, and even if those fail.
            component.register_outputs({})
        if self._keep:
            self._guard(plan)

    def _provider(self, name: str, *, upsert: bool | None = None) -> kubernetes.Provider:
        return kubernetes.Provider(
            name,
            context=self._context,
            enable_config_map_mutable=True,
            enable_secret_mutable=True,
            upsert_existing_objects=upsert,
        )

    def _provider_of(self, manifest: Manifest) -> kubernetes.Provider:
        """What is adopted needs a provider that takes over what is there; all else is refused where it exists."""
        if not manifest.adopted:
            return self._kubernetes
        if self._adopting is None:
            self._adopting = self._provider("cluster-adopting", upsert=True)
        return self._adopting

    def _guard(self, plan: Plan) -> None:
        """What is protected is refused one by one, when its turn comes, and `destroy --skip-preview` takes the turns of
        servers and apps first. The guard depends on all: its turn is the first of all, and where it ends, all ends."""
        everything = list(self._resources.values())
        options = pulumi.ResourceOptions(protect=True, depends_on=everything)
        guard = pulumi.ComponentResource("postgres-apps:index:Guard", plan.parts[0].name, None, options)
        guard.register_outputs({})

    def _object(self, manifest: Manifest, parent: pulumi.Resource, asked: pulumi.ResourceHookBinding | None) -> None:
        first = self._first if manifest.namespace is not None or manifest.outside else []
        place = [("Namespace", manifest.namespace)] if manifest.outside and manifest.namespace else []
        options = pulumi.ResourceOptions(
            parent=parent,
            provider=self._provider_of(manifest),
            depends_on=[*first, *(self._resources[reference] for reference in (*place, *manifest.after))],
            # Both, on the object itself: a component does not hand retain_on_delete down (pulumi/docs#17011).
            protect=manifest.keep or None,
            retain_on_delete=manifest.keep or manifest.adopted or None,
            ignore_changes=list(manifest.frozen) or None,
            deleted_with=self._deleted_with(manifest),
            hooks=asked,
        )
        body = dict(manifest.body)
        api_version, kind = body.pop("apiVersion"), body.pop("kind")
        values = {key: self._values.resolved(value) for key, value in body.items()}
        name = f"{manifest.namespace}/{manifest.name}" if manifest.namespace else manifest.name
        made = class_of(api_version, kind)
        if made is None:
            resource: pulumi.Resource = kubernetes.apiextensions.CustomResource(
                name, api_version=api_version, kind=kind, opts=options, **values
            )
        else:
            resource = made(name, opts=options, **{_snake(key): value for key, value in values.items()})
        self._resources[manifest.reference] = resource
        if (kind == "Namespace" and not manifest.outside) or manifest.reference == identity.REFERENCE:
            self._first.append(resource)

    def _deleted_with(self, manifest: Manifest) -> pulumi.Resource | None:
        """The namespace, for what needs no deletion of its own because it goes with that."""
        goes = self._namespace_goes and manifest.namespace is not None and not manifest.outside
        return self._first[0] if goes and self._first and manifest.kind not in WITH_PODS else None

    def _of_no_object(self, provider: pulumi.ProviderResource, *, kept: bool) -> pulumi.ResourceOptions:
        """Without a parent: a password stays when the object that first used it moves to another component."""
        kept = kept and self._keep
        return pulumi.ResourceOptions(
            provider=provider, depends_on=self._first[1:], protect=kept or None, retain_on_delete=kept or None
        )


class _Component(pulumi.ComponentResource):
    """A part of the plan, as `pulumi stack` shows it."""

    def __init__(self, part: Part) -> None:
        super().__init__(f"postgres-apps:index:{part.kind}", part.name)
