"""The provider: what the engine asks, answered by a real API server.

Protocol: proto/pulumi/provider.proto of pulumi/pulumi. Behaviour: provider/pkg/provider/provider.go of
pulumi/pulumi-kubernetes v4.
"""

import sys
import threading
from typing import Any

from devcluster.plugins.kubernetes import diff, naming, state
from devcluster.plugins.kubernetes.change import Change, Refused
from devcluster.plugins.kubernetes.client import ApiError, Unreachable
from devcluster.plugins.kubernetes.cluster import Cluster, Gone
from devcluster.plugins.kubernetes.discovery import UnknownKind
from devcluster.plugins.kubernetes.kubeconfig import NoCluster, active, merged
from devcluster.plugins.kubernetes.objects import (
    READ_ONLY,
    REPLACE_UNREADY,
    WAIT_FOR,
    NotAKind,
    annotation,
    at,
    condition,
    identity,
    kind_of,
    name_in,
    says,
    split_identity,
)
from devcluster.plugins.kubernetes.readiness.wait_for import NotAnExpression, expressions
from devcluster.plugins.kubernetes.settings import Settings
from devcluster.plugins.kubernetes.shape import inputs_from
from devcluster.plugins.kubernetes.wait import NotReady, Waiter
from devcluster.plugins.protocol.engine import Engine, address_in
from devcluster.plugins.protocol.provider import InitialisationFailed, Provider, serve_provider
from devcluster.plugins.protocol.stubs import empty_pb2, grpc, provider_pb2
from devcluster.plugins.protocol.values import UNKNOWN, has_unknown, read, write

KINDS = provider_pb2.PropertyDiff
FAILURES = (ApiError, Gone, NoCluster, Refused, UnknownKind, Unreachable)


class KubernetesProvider(Provider):
    """Answers the engine. Calls come in parallel; the cluster is tried once, at the first that needs it."""

    package = "kubernetes"

    def __init__(self, engine: Engine) -> None:
        super().__init__(engine)
        self.cancelled = threading.Event()
        self.use(Settings())

    def use(self, settings: Settings) -> None:
        """Work with these settings from now on."""
        self.settings = settings
        self.cluster = Cluster(settings)
        self._told = threading.Lock()

    def DiffConfig(self, request: Any, context: Any) -> Any:
        """Another cluster replaces the provider, and with it everything it made; other options only update it."""
        olds, news = read(request.old_inputs or request.olds), read(request.news)
        names = {name for name in {*olds, *news} if olds.get(name) != news.get(name)} - {"version", "pluginDownloadURL"}
        kind = provider_pb2.DiffResponse.DIFF_SOME if names else provider_pb2.DiffResponse.DIFF_NONE
        response = provider_pb2.DiffResponse(changes=kind, diffs=sorted(names))
        if names & {"kubeconfig", "context", "cluster"} and _target(olds) != _target(news):
            response.replaces.extend(sorted(names & {"kubeconfig", "context", "cluster"}))
        return response

    def Configure(self, request: Any, context: Any) -> Any:
        self.use(Settings.read(dict(request.variables)))
        if not self.settings.server_side_apply:
            self.engine.warning("", "enableServerSideApply is false; the stand-in for kubernetes applies on the server")
        return provider_pb2.ConfigureResponse(
            acceptSecrets=True, supportsPreview=True, supports_autonaming_configuration=True
        )

    def Cancel(self, request: Any, context: Any) -> Any:
        self.cancelled.set()
        return empty_pb2.Empty()

    def Check(self, request: Any, context: Any) -> Any:
        """Fill in the name and the namespace. The API server itself judges the rest, by the dry run of a preview."""
        try:
            api_version, kind = kind_of(request.urn)
        except NotAKind as error:
            self.refuse(context, f"can't do this: {error}")
            raise
        self._need_cluster(context)
        given, olds = read(request.news), state.manifest(read(request.olds))
        inputs = {"apiVersion": api_version, "kind": kind, **state.manifest(given)}
        response = provider_pb2.CheckResponse()
        try:
            inputs = naming.with_name(inputs, olds, request, name_in(request.urn))
            expressions(annotation(inputs, WAIT_FOR) or "condition=Ready")
        except naming.NoName as error:
            response.failures.add(property="metadata.name", reason=str(error))
        except NotAnExpression as error:
            response.failures.add(property="metadata.annotations", reason=str(error))
        checked = state.marked(state.properties(self._in_namespace(inputs)), given)
        response.inputs.CopyFrom(write(checked))
        return response

    def _in_namespace(self, inputs: dict[str, Any]) -> dict[str, Any]:
        meta = inputs.get("metadata", {})
        if not isinstance(meta, dict):
            return inputs
        meta = {name: value for name, value in meta.items() if name not in READ_ONLY}
        try:
            namespaced = self.cluster.place(inputs).namespaced
        except (*FAILURES, AttributeError):
            namespaced = True  # A kind that the same program brings along, most likely.
        if namespaced:
            meta.setdefault("namespace", self.cluster.default_namespace)
        else:
            meta.pop("namespace", None)
        return {**inputs, "metadata": meta}

    def Diff(self, request: Any, context: Any) -> Any:
        old_inputs, live = state.parse(read(request.olds))
        new = state.manifest(read(request.news))
        changes = diff.compare(
            live,
            old_inputs,
            new,
            ignored=list(request.ignoreChanges),
            mutable_config_maps=self.settings.mutable_config_maps,
            mutable_secrets=self.settings.mutable_secrets,
        )
        if says(new, REPLACE_UNREADY) and new.get("kind") == "Job" and self._is_unfinished(live):
            changes.replacing.append(f'metadata.annotations["{REPLACE_UNREADY}"]')
            changes.delete_first = diff.keeps_its_name(live, new)
        response = provider_pb2.DiffResponse(hasDetailedDiff=True, deleteBeforeReplace=changes.delete_first)
        some = bool(changes.kinds or changes.replacing)
        response.changes = provider_pb2.DiffResponse.DIFF_SOME if some else provider_pb2.DiffResponse.DIFF_NONE
        for path, kind in changes.kinds.items():
            name = f"{kind}_REPLACE" if path in changes.replacing else kind
            response.detailedDiff[path].kind = KINDS.Kind.Value(name)
            # stringData is never in the live object; only the inputs have it to compare.
            response.detailedDiff[path].inputDiff = kind == diff.DELETE or path.startswith("stringData")
        response.replaces.extend(changes.replacing)
        return response

    def _is_unfinished(self, live: dict[str, Any]) -> bool:
        if self.cluster.trouble():
            return False
        try:
            return condition(self.cluster.get(live), "Complete").get("status") != "True"
        except FAILURES:
            return False

    def Create(self, request: Any, context: Any) -> Any:
        given = read(request.properties)
        if not request.preview:
            self._need_cluster(context)
        elif has_unknown(given) or self.cluster.trouble():
            return provider_pb2.CreateResponse(properties=request.properties)
        inputs = state.manifest(given)
        change = self._change(request, inputs, state.field_manager(inputs, {}, naming.new_field_manager()))
        try:
            live = change.preview_create() if request.preview else change.create(upsert=self.settings.upsert)
            if live is None:
                return provider_pb2.CreateResponse(properties=request.properties)
            if request.preview:
                return provider_pb2.CreateResponse(properties=write(self._kept(_foreseen(live, inputs), change, given)))
            live = change.wait(live)
        except NotReady as error:
            self._half_done(error, change, given, context)
            raise
        except FAILURES as error:
            context.abort(grpc.StatusCode.UNKNOWN, str(error))
            raise
        return provider_pb2.CreateResponse(id=identity(live), properties=write(self._kept(live, change, given)))

    def Update(self, request: Any, context: Any) -> Any:
        given, olds = read(request.news), read(request.olds)
        if not request.preview:
            self._need_cluster(context)
        elif has_unknown(given) or self.cluster.trouble():
            return provider_pb2.UpdateResponse(properties=request.news)
        old_inputs, old_live = state.parse(olds)
        inputs = state.manifest(given)
        old_manager = state.field_manager(old_inputs, olds, naming.new_field_manager())
        change = self._change(request, inputs, state.field_manager(inputs, olds, old_manager))
        try:
            change.leave(list(request.ignoreChanges))
            live = change.update(old_live, dry_run=request.preview)
            if not request.preview:
                live = change.wait(live)
                if old_manager != change.manager:
                    self.cluster.relinquish(live, old_manager)
        except NotReady as error:
            self._half_done(error, change, given, context)
            raise
        except FAILURES as error:
            context.abort(grpc.StatusCode.UNKNOWN, str(error))
            raise
        version = olds.get(state.INITIAL_API_VERSION, "")
        return provider_pb2.UpdateResponse(properties=write(self._kept(live, change, given, version)))

    def Delete(self, request: Any, context: Any) -> Any:
        trouble = self.cluster.trouble()
        if trouble and self.settings.delete_unreachable:
            self.engine.warning(request.urn, f"{trouble}; it is dropped from state (deleteUnreachable)")
            return empty_pb2.Empty()
        self._need_cluster(context)
        olds = read(request.properties)
        inputs, live = state.parse(olds)
        change = self._change(request, inputs, state.field_manager(inputs, olds, naming.new_field_manager()))
        try:
            change.delete(live)
        except NotReady as error:
            context.abort(grpc.StatusCode.DEADLINE_EXCEEDED, str(error))
        except FAILURES as error:
            context.abort(grpc.StatusCode.UNKNOWN, str(error))
        return empty_pb2.Empty()

    def Read(self, request: Any, context: Any) -> Any:
        """The live object, and the inputs it stands for; an empty answer where it is gone."""
        trouble = self.cluster.trouble()
        if trouble and self.settings.delete_unreachable:
            self.engine.warning(request.urn, f"{trouble}; it is dropped from state (deleteUnreachable)")
            return provider_pb2.ReadResponse()
        self._need_cluster(context)
        given, olds = read(request.inputs), read(request.properties)
        old_inputs, old_live = state.manifest(given), state.parse(olds)[1]
        importing = not old_inputs.get("kind") and not old_live.get("kind")
        version, kind = kind_of(request.urn)
        namespace, name = split_identity(request.id)
        asked = {
            "apiVersion": old_inputs.get("apiVersion") or old_live.get("apiVersion") or version,
            "kind": old_inputs.get("kind") or kind,
            "metadata": {"name": name, **({"namespace": namespace} if namespace else {})},
        }
        try:
            live = self.cluster.get(asked)
        except Gone:
            return provider_pb2.ReadResponse()
        except FAILURES as error:
            context.abort(grpc.StatusCode.UNKNOWN, str(error))
            raise
        inputs = importable(live) if importing else inputs_from(live, old_inputs)
        manager = state.field_manager(inputs, olds, naming.new_field_manager())
        change = self._change(request, inputs, manager)
        kept = self._kept(live, change, given, olds.get(state.INITIAL_API_VERSION, ""))
        marked = state.marked(state.properties(inputs), given)
        try:
            if not importing:
                Waiter(self.cluster, self.engine, self.cancelled).read(live, inputs)
        except NotReady as error:
            InitialisationFailed(
                str(error), id=request.id, state=kept, reasons=[str(error), *error.reasons], inputs=marked
            ).tell(context)
        return provider_pb2.ReadResponse(id=request.id, properties=write(kept), inputs=write(marked))

    def _change(self, request: Any, inputs: dict[str, Any], manager: str) -> Change:
        return Change(
            cluster=self.cluster,
            engine=self.engine,
            cancelled=self.cancelled,
            urn=request.urn,
            inputs=inputs,
            manager=manager,
            timeout=getattr(request, "timeout", 0.0),
            force=self.settings.patch_force,
            suppress_deprecations=self.settings.suppress_deprecations,
        )

    def _kept(self, live: dict[str, Any], change: Change, given: dict[str, Any], version: str = "") -> dict[str, Any]:
        api_version = version or str(change.inputs.get("apiVersion"))
        return state.checkpoint(live, change.inputs, given, api_version=api_version, field_manager=change.manager)

    def _half_done(self, error: NotReady, change: Change, given: dict[str, Any], context: Any) -> None:
        """The object is there, but not ready: it goes to state, and the next update waits for it again."""
        kept = self._kept(error.live, change, given)
        InitialisationFailed(
            str(error), id=identity(error.live), state=kept, reasons=[str(error), *error.reasons]
        ).tell(context)

    def _need_cluster(self, context: Any) -> None:
        """End the call where the cluster can't be used. The first says why; the others only that it was said."""
        trouble = self.cluster.trouble()
        if not trouble:
            return
        first = self._told.acquire(blocking=False)
        context.abort(
            grpc.StatusCode.UNAVAILABLE, trouble if first else "the cluster can't be used; see the first error"
        )


def importable(live: dict[str, Any]) -> dict[str, Any]:
    """The inputs of an object that state knows nothing of: all of it but what only the cluster writes."""
    meta = {name: value for name, value in live["metadata"].items() if name not in READ_ONLY}
    annotations = dict(meta.pop("annotations", {}))
    for name in (state.LAST_APPLIED, "deployment.kubernetes.io/revision"):
        annotations.pop(name, None)
    kept = {name: value for name, value in live.items() if name not in ("status", "metadata")}
    return {**kept, "metadata": {**meta, **({"annotations": annotations} if annotations else {})}}


def _foreseen(live: dict[str, Any], inputs: dict[str, Any]) -> dict[str, Any]:
    """A dry run's answer without what the real run will give another value: identity, addresses, status."""
    found = {name: value for name, value in live.items() if name != "status"}
    found["metadata"] = {
        name: UNKNOWN if name in ("uid", "creationTimestamp", "resourceVersion") else value
        for name, value in live["metadata"].items()
    }
    if live.get("kind") == "Service" and at(inputs, "spec", "clusterIP") is None:
        addresses = {name: UNKNOWN for name in ("clusterIP", "clusterIPs") if name in live.get("spec", {})}
        found["spec"] = {**live["spec"], **addresses}
    return found


def _target(inputs: dict[str, Any]) -> Any:
    """The cluster that a provider's inputs name, as the kubeconfig tells it; None where that can't be told."""
    if has_unknown(inputs):
        return None
    settings = Settings.read(inputs)
    try:
        return active(merged(settings.kubeconfig), settings.context, settings.cluster)[0]
    except NoCluster:
        return None


def main(arguments: list[str]) -> None:
    """Serve the provider until the engine ends it. `arguments` end with the engine's address."""
    serve_provider(KubernetesProvider(Engine(address_in(arguments))))


if __name__ == "__main__":
    main(sys.argv[1:])
